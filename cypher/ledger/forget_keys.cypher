// ledger.forget_keys (write)
// Forgets idempotency keys that are too old to be repeated. One row.
//
// $before  str  UTC text; keys kept before then go
// $limit   int  at most so many, so that nobody waits
// -> forgotten  int  how many went
//
// seek    idempotency_key_at
// budget  20 ms for 1,000
// outside keys promise something for a time and are no records
// why     A key is promised for seven days; kept longer, they would only grow.
MATCH (key:IdempotencyKey)
WHERE key.at < $before
WITH key LIMIT $limit
DELETE key
RETURN count(*) AS forgotten
