// ledger.backup_asides (read)
// What is kept beside the ledger and is small: credentials, scopes of sync, migrations. One row.
//
// -> credentials  list[map]        properties of each
// -> scopes       list[map]        properties of each
// -> migrations   list[map]        properties of each
// -> buckets      list[list[str]]  [scope, bucket] keys of the hash index
// -> runs         list[list[any]]  [scope, properties] of each run
// -> parked       list[list[any]]  [scope, properties] of each row that waits to be mended
//
// seek    -
// budget  20 ms
// why     Read while the turn to write is held, so that it fits the entry the backup stands at.
// allow   Eager: independent collections, one after the other
RETURN COLLECT { MATCH (credential:Credential) RETURN properties(credential) } AS credentials,
       COLLECT { MATCH (scope:SyncScope) RETURN properties(scope) } AS scopes,
       COLLECT { MATCH (migration:Migration) RETURN properties(migration) ORDER BY migration.number } AS migrations,
       COLLECT { MATCH (scope:SyncScope)-[:INDEXES]->(bucket:HashBucket) RETURN [scope.key, bucket.key] } AS buckets,
       COLLECT { MATCH (scope:SyncScope)-[:RAN]->(state:RunState) RETURN [scope.key, properties(state)] } AS runs,
       COLLECT { MATCH (scope:SyncScope)-[:PARKED]->(row:ParkedRow) RETURN [scope.key, properties(row)] } AS parked
