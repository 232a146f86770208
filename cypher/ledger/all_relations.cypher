// ledger.all_relations (read)
// Every relation between records whose source comes after an id: one page of sources, collected.
//
// $after  str  last source of the page before, or ''
// $limit  int  how many sources
// -> last  str              last source of the page, or null at the end
// -> rows  list[list[any]]  for each source a list of [source, type, target, properties]
//
// seek    record_id
// budget  300 ms for 10,000
// why     Backup and full verification read everything, in pages that fit into memory.
MATCH (source:Record)
WHERE source.id > $after
WITH source ORDER BY source.id LIMIT $limit
CALL (source) {
  MATCH (source)-[relation]->(target:Record)
  RETURN collect([source.id, type(relation), target.id, properties(relation)]) AS found
}
RETURN max(source.id) AS last, collect(found) AS rows
