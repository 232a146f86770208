// ledger.all_records (read)
// Every record of the ledger after an id, in order of ids: one page, collected.
//
// $after  str  last id of the page before, or ''
// $limit  int  page size
// -> rows  list[list[any]]  [id, labels, properties]
//
// seek    record_id
// budget  300 ms for 10,000
// why     Backup and full verification read everything, in pages that fit into memory.
MATCH (record:Record)
WHERE record.id > $after
WITH record ORDER BY record.id LIMIT $limit
RETURN collect([record.id, labels(record), properties(record)]) AS rows
