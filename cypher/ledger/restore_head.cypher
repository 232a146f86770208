// ledger.restore_head (write)
// Puts the ledger's head where it stood. One row.
//
// $heads  list[map]  properties of the head: one, or none to take away the one of an empty graph
// -> made  int  heads
//
// seek    ledger_head_id
// budget  2 ms
// outside it is the ledger itself that is restored
// why     The head comes last: without one nothing can be written.
// allow   Eager: the one there is goes before another comes
CALL () {
  MATCH (head:LedgerHead {id: 'head'})
  DELETE head
}
CALL () {
  UNWIND $heads AS row
  CREATE (head:LedgerHead)
  SET head = row
  RETURN count(*) AS made
}
RETURN made
