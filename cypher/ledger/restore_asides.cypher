// ledger.restore_asides (write)
// Makes what is kept beside the ledger. One row.
//
// $keys         list[map]  properties of idempotency keys
// $credentials  list[map]  properties of credentials
// $scopes       list[map]  properties of scopes of sync
// $buckets      list[map]  {scope, properties} of the hash index
// $runs         list[map]  {scope, properties} of runs of sync
// $parked       list[map]  {scope, properties} of rows that wait to be mended
// -> made  int  nodes
//
// seek    sync_scope_key
// budget  300 ms for 5,000
// outside none of it was ever in the ledger
// why     Sign-in, repeats and sync go on as they were.
// allow   Eager: scopes, then their buckets
CALL () {
  UNWIND $keys AS row
  CREATE (key:IdempotencyKey)
  SET key = row
  RETURN count(*) AS keys
}
CALL () {
  UNWIND $credentials AS row
  CREATE (credential:Credential)
  SET credential = row
  RETURN count(*) AS credentials
}
CALL () {
  UNWIND $scopes AS row
  CREATE (scope:SyncScope)
  SET scope = row
  RETURN count(*) AS scopes
}
CALL () {
  UNWIND $buckets AS row
  MATCH (scope:SyncScope {key: row.scope})
  CREATE (scope)-[:INDEXES]->(bucket:HashBucket)
  SET bucket = row.properties
  RETURN count(*) AS buckets
}
CALL () {
  UNWIND $runs AS row
  MATCH (scope:SyncScope {key: row.scope})
  CREATE (scope)-[:RAN]->(state:RunState)
  SET state = row.properties
  SET state.status = CASE state.status WHEN 'running' THEN 'abandoned' ELSE state.status END
  RETURN count(*) AS runs
}
CALL () {
  UNWIND $parked AS row
  MATCH (scope:SyncScope {key: row.scope})
  CREATE (scope)-[:PARKED]->(waiting:ParkedRow)
  SET waiting = row.properties
  RETURN count(*) AS parked
}
RETURN keys + credentials + scopes + buckets + runs + parked AS made
