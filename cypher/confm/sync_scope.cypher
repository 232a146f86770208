// confm.sync_scope (read)
// A source's scope with its lease and its hash index. One row; nulls where it was never synced.
//
// $scope  str  key of the scope, source/name
// -> scope    map              its properties, or null
// -> buckets  list[list[any]]  [number, data] in order of their numbers; later ones win
//
// seek    sync_scope_key
// budget  30 ms for 100,000 rows
// why     What was seen last time decides what is unchanged, without asking for the rows.
OPTIONAL MATCH (scope:SyncScope {key: $scope})
RETURN properties(scope) AS scope,
       COLLECT {
         MATCH (scope)-[:INDEXES]->(bucket:HashBucket)
         RETURN [bucket.number, bucket.data]
         ORDER BY bucket.number
       } AS buckets
