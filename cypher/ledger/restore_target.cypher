// ledger.restore_target (read)
// What is in a graph that is to be restored into. One row.
//
// -> nodes       int        all nodes
// -> migrations  int        notes of migrations
// -> heads       list[int]  where the ledger stands: none, or one number
//
// seek    -
// budget  2 ms
// why     A restore goes into an empty graph only; migrations and a head at 0 are no content.
// allow   Eager: independent counts, one after the other
RETURN COUNT { () } AS nodes,
       COUNT { (:Migration) } AS migrations,
       COLLECT { MATCH (head:LedgerHead) RETURN head.seq } AS heads
