// confm.types_in_use (read)
// How many live CIs have each of some types. One row for each type in use.
//
// $types  list[str]  CI types
// -> type   str  CI type
// -> count  int  live CIs of it
//
// seek    ci_type_of
// budget  10 ms for 100,000 CIs
// why     A type that is used cannot go; it is deprecated first (PR11.1).
MATCH (ci:CI)
WHERE ci.type IN $types AND ci.id IS NOT NULL
RETURN ci.type AS type, count(*) AS count
