// confm.sync_keep_index (write)
// Keeps what a chunk has seen, and prolongs the lease of its run.
//
// $scope    str        key of the scope
// $until    str        when the lease ends now, UTC
// $buckets  list[map]  {key, number, data}: pairs of 8 bytes, digest of key and of content
//
// seek    sync_scope_key hash_bucket_key
// budget  10 ms for 5,000 rows
// outside the index is a cache of what the source said; losing it costs time, no data
// why     In the same transaction as the rows it describes, so that it never runs ahead of them.
MATCH (scope:SyncScope {key: $scope})
SET scope.lease_until = $until
WITH scope
UNWIND $buckets AS row
MERGE (bucket:HashBucket {key: row.key})
SET bucket.number = row.number, bucket.data = row.data
MERGE (scope)-[:INDEXES]->(bucket)
