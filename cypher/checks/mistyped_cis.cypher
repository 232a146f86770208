// checks.mistyped_cis (read)
// CIs whose type is none of the registry's concrete ones, or is not their leaf label. One row for each.
//
// $types  list[str]  concrete CI types
// $limit  int        most that are told
// -> told  str  key and type
//
// seek    -
// budget  2 s for 1,000,000
// why     Lists go by the label, rules by the property.
MATCH (ci:CI)
WHERE ci.type IS NULL OR NOT ci.type IN $types
   OR [label IN labels(ci) WHERE NOT label IN ['Record', 'Element', 'CI']] <> [ci.type]
RETURN coalesce(ci.key, ci.id, elementId(ci)) + ': ' + coalesce(ci.type, 'none') AS told
LIMIT $limit
