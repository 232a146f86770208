// ledger.take_head (write)
// Takes the turn to write, and says where the ledger stands. One row.
//
// $op   str  identifier of this attempt
// $key  str  idempotency key with its principal and verb, or null
// -> head   map  seq, hash, at and the counters of human keys
// -> done   int  the entry that this attempt already committed, or null
// -> known  map  digest, outcome and seq of an earlier use of the key, or null
//
// seek    ledger_head_id ledger_entry_op idempotency_key
// budget  2 ms, without waiting for the writer before
// outside the turn is taken back by the next writer
// why     The SET comes first: it takes the head's lock before anything is read, so that commits
//         stand in the order of their numbers and no update is lost. Reading first loses updates.
// allow   Eager: of one row; it has taken the lock before anything else is read
MATCH (head:LedgerHead {id: 'head'})
SET head.turn = $op
WITH head
OPTIONAL MATCH (entry:LedgerEntry {op: $op})
OPTIONAL MATCH (key:IdempotencyKey {key: $key})
RETURN properties(head) AS head, entry.seq AS done, properties(key) AS known
