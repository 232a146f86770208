// confm.sync_compact_index (write)
// Puts few large buckets in the place of many small ones.
//
// $scope    str        key of the scope
// $buckets  list[map]  {key, number, data, moments, wordings}: some of the large ones
// $below    int        buckets of a smaller number go, once all large ones are kept
//
// seek    sync_scope_key hash_bucket_key
// budget  50 ms for 100,000 rows
// outside the index is a cache of what the source said; losing it costs time, no data
// why     Reading the index stays one pass over a few blobs, however many runs there were. Kept one by one, large buckets take little memory; beside the small ones they say the same once more.
// allow   Eager: the old buckets go before the new ones come
MATCH (scope:SyncScope {key: $scope})
CALL (scope) {
  MATCH (scope)-[:INDEXES]->(old:HashBucket)
  WHERE old.number < $below
  DETACH DELETE old
}
WITH scope
UNWIND $buckets AS row
MERGE (bucket:HashBucket {key: row.key})
SET bucket.number = row.number, bucket.data = row.data, bucket.moments = row.moments,
    bucket.wordings = row.wordings
MERGE (scope)-[:INDEXES]->(bucket)
