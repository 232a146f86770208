// Scopes of sync and their hash index: outside the ledger, a lease and a cache.
CREATE CONSTRAINT sync_scope_key IF NOT EXISTS FOR (scope:SyncScope) REQUIRE scope.key IS UNIQUE;
CREATE CONSTRAINT hash_bucket_key IF NOT EXISTS FOR (bucket:HashBucket) REQUIRE bucket.key IS UNIQUE;
