// ledger.settled (read)
// Whether an attempt, or an earlier use of its key, is committed or written in this turn. One row.
//
// $op   str  identifier of the attempt
// $key  str  idempotency key with its principal and verb, or null
// -> done   int  the entry that this attempt already made, or null
// -> known  map  digest, outcome and seq of an earlier use of the key, or null
//
// seek    ledger_entry_op idempotency_key
// budget  2 ms
// why     A verb that joins a turn asks what the first one asked when it took the head.
OPTIONAL MATCH (entry:LedgerEntry {op: $op})
OPTIONAL MATCH (key:IdempotencyKey {key: $key})
RETURN entry.seq AS done, properties(key) AS known
