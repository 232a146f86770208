// checks.parallel_relations (read)
// Relations of one type from one record to one other that are there twice. One row for each.
//
// $limit  int  most that are told
// -> told  str  source, type and target
//
// seek    -
// budget  5 s for 4,000,000
// why     A relation is known by its ends and type: of two the ledger knows one.
MATCH (source:Record)
CALL (source) {
  MATCH (source)-[relation]->(target:Record)
  WITH type(relation) AS type, target, count(*) AS times
  WHERE times > 1
  RETURN coalesce(source.key, source.id) + ' ' + type + ' ' + coalesce(target.key, target.id) AS told
}
RETURN told
LIMIT $limit
