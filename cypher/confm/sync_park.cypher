// confm.sync_park (write)
// Parks rows that could not go in, and takes away those that did meanwhile.
//
// $scope    str        key of the scope
// $rows     list[map]  key, place, record_key, type, record, problems, run, at
// $cleared  list[str]  keys of parked rows that are over
//
// seek    sync_scope_key parked_row_key
// budget  30 ms for 1,000 rows
// outside what a source sent in vain is no part of the configuration; it waits to be mended
// allow   Eager: rows that are over go before new ones come
// why     A bad row keeps nobody waiting, and is not lost.
MATCH (scope:SyncScope {key: $scope})
CALL () {
  UNWIND $cleared AS key
  MATCH (over:ParkedRow {key: key})
  DETACH DELETE over
}
WITH scope
UNWIND $rows AS row
MERGE (parked:ParkedRow {key: row.key})
SET parked = row
MERGE (scope)-[:PARKED]->(parked)
