// checks.loose_identifiers (read)
// Live identifiers that name no element, or several. One row for each.
//
// $limit  int  most that are told
// -> told  str  keys
//
// seek    -
// budget  2 s for 1,000,000
// why     An identifier keeps its value from every other element.
MATCH (identifier:Identifier)
WHERE COUNT { (:Element)-[:IDENTIFIED_BY]->(identifier) } <> 1
RETURN coalesce(identifier.key, identifier.id, elementId(identifier)) AS told
LIMIT $limit
