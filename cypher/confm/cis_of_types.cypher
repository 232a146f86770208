// confm.cis_of_types (read)
// Live CIs of some types that are seen, with some of their attributes, by key. One row.
//
// $types  list[str]  CI types
// $names  list[str]  attributes
// $all    bool       whether everything is seen
// $seen   list[str]  CI types that are seen
// $limit  int        most of them
// -> cis  list[list[any]]  [id, key, name, type, values in the order of the names]
//
// seek    ci_type_of
// budget  1 s for 100,000 CIs
// why     Which CIs would no longer conform to other types is told before these are in force (PR11.1).
CALL () {
  MATCH (ci:CI)
  WHERE ci.type IN $types AND ci.id IS NOT NULL AND ($all OR ci.type IN $seen)
  RETURN ci ORDER BY ci.key LIMIT $limit
}
RETURN collect([ci.id, ci.key, ci.name, ci.type, [name IN $names | ci[name]]]) AS cis
