// ledger.hold_head (write)
// Holds the turn to write until the transaction ends, and says where the ledger stands. One row.
//
// $turn  str  any text
// -> seq  int  number of the last entry
//
// seek    ledger_head_id
// budget  2 ms, without waiting for the writer before
// outside the transaction is rolled back
// why     When it answers, no commit is half visible: what was read before it, with the same
//         number, was read from one state. The transaction is rolled back.
MATCH (head:LedgerHead {id: 'head'})
SET head.turn = $turn
RETURN head.seq AS seq
