// checks.unidentified_cis (read)
// CIs with a unique attribute that no identifier keeps unique. One row for each.
//
// $unique  map  names of unique attributes by CI type
// $limit   int  most that are told
// -> told  str  key and attribute
//
// seek    -
// budget  2 s for 1,000,000
// why     Without its identifier another CI can take the same value.
MATCH (ci:CI)
WHERE ci.type IN keys($unique)
UNWIND [name IN $unique[ci.type] WHERE ci[name] IS NOT NULL] AS name
WITH ci, name
WHERE NOT EXISTS { MATCH (ci)-[:IDENTIFIED_BY]->(identifier:Identifier) WHERE identifier.kind = name }
RETURN coalesce(ci.key, ci.id) + ': ' + name AS told
LIMIT $limit
