// ledger.restore_end (write)
// Takes the mark of a restore away: the graph is whole.
//
// seek    -
// budget  2 ms
// outside a mark of a restore is no record
// why     Only after counts and chain were checked.
MATCH (mark:RestoreMark)
DELETE mark
