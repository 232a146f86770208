// ledger.read_head (read)
// Says where the ledger stands, without a turn to write. One row, or none before the first start.
//
// -> head  map  seq, hash, at and the counters of human keys
//
// seek    ledger_head_id
// budget  1 ms
// why     Every cached answer is checked against it.
MATCH (head:LedgerHead {id: 'head'})
RETURN properties(head) AS head
