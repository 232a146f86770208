// ledger.backup_keys (read)
// Idempotency keys after one, in order: one page, collected.
//
// $after  str  last key of the page before, or ''
// $limit  int  page size
// -> rows  list[map]  properties of each
//
// seek    idempotency_key
// budget  200 ms for 10,000
// why     A client that repeats a request after a restore gets its first outcome.
MATCH (key:IdempotencyKey)
WHERE key.key > $after
WITH key ORDER BY key.key LIMIT $limit
RETURN collect(properties(key)) AS rows
