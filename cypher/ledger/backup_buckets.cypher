// ledger.backup_buckets (read)
// Some buckets of the hash index of sync.
//
// $keys  list[str]  which
// -> rows  list[list[any]]  [scope, properties] of each
//
// seek    hash_bucket_key
// budget  20 ms for 1 MiB
// why     What vanished from a source is told by what the index knows of it.
MATCH (scope:SyncScope)-[:INDEXES]->(bucket:HashBucket)
WHERE bucket.key IN $keys
RETURN collect([scope.key, properties(bucket)]) AS rows
