// checks.incomplete_cis (read)
// CIs without an attribute that their type requires. One row for each.
//
// $required  map  names of required attributes by CI type
// $limit     int  most that are told
// -> told  str  key and attribute
//
// seek    -
// budget  2 s for 1,000,000
// why     A type can begin to require what older CIs lack.
MATCH (ci:CI)
WHERE ci.type IN keys($required)
WITH ci, [name IN $required[ci.type] WHERE ci[name] IS NULL] AS missing
WHERE size(missing) > 0
RETURN coalesce(ci.key, ci.id) + ': ' + missing[0] AS told
LIMIT $limit
