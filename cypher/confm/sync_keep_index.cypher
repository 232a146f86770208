// confm.sync_keep_index (write)
// Keeps what a chunk has seen, prolongs the lease of its run, and shows how far it is.
//
// $scope    str        key of the scope
// $until    str        when the lease ends now, UTC
// $buckets  list[map]  {key, number, data, moments, wordings}: pairs of 8 bytes, by digest of the key
// $run      str        key of the run
// $counts   str        counts of the run so far, JSON
// $at       str        now, UTC
//
// seek    sync_scope_key hash_bucket_key run_state_key
// budget  10 ms for 5,000 rows
// outside the index is a cache of what the source said; losing it costs time, no data
// allow   CartesianProduct: of two single rows, the scope and the run
// why     In the same transaction as the rows it describes, so that it never runs ahead of them.
MATCH (scope:SyncScope {key: $scope})
MATCH (state:RunState {key: $run})
SET scope.lease_until = $until, state.counts = $counts, state.renewed_at = $at
WITH scope
UNWIND $buckets AS row
MERGE (bucket:HashBucket {key: row.key})
SET bucket.number = row.number, bucket.data = row.data, bucket.moments = row.moments,
    bucket.wordings = row.wordings
MERGE (scope)-[:INDEXES]->(bucket)
