// checks.cardinality (read)
// Records with more relations of a type than the type allows. One row for each.
//
// $one_target  list[str]  types of which a source has one at most
// $one_source  list[str]  types of which a target has one at most
// $limit       int        most that are told
// -> told  str  key or id, type and how many
//
// seek    -
// budget  5 s for 4,000,000
// why     Neo4j cannot say how many relations a node may have.
MATCH (record:Record)
CALL (record) {
  MATCH (record)-[relation]->(:Record)
  WHERE type(relation) IN $one_target
  WITH type(relation) AS type, count(*) AS times
  WHERE times > 1
  RETURN type + ' to ' + toString(times) AS told
  UNION ALL
  MATCH (record)<-[relation]-(:Record)
  WHERE type(relation) IN $one_source
  WITH type(relation) AS type, count(*) AS times
  WHERE times > 1
  RETURN type + ' from ' + toString(times) AS told
}
RETURN coalesce(record.key, record.id) + ': ' + told AS told
LIMIT $limit
