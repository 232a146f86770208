// ledger.restore_begin (write)
// Marks a graph as being restored.
//
// $backup  str  digest of the backup
//
// seek    -
// budget  2 ms
// outside it is gone when the restore is complete
// why     From now on the product does not open this graph.
MERGE (mark:RestoreMark {id: 'restore'})
  ON CREATE SET mark.backup = $backup, mark.chunk = 0
