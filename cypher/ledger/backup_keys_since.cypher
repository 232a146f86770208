// ledger.backup_keys_since (read)
// Idempotency keys used at or after a moment. One row.
//
// $at  str  UTC text
// -> rows  list[map]  properties of each
//
// seek    idempotency_key_at
// budget  50 ms for 1,000
// why     Keys that came while the others were read.
MATCH (key:IdempotencyKey)
WHERE key.at >= $at
RETURN collect(properties(key)) AS rows
