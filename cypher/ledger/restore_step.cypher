// ledger.restore_step (write)
// Takes a chunk's turn: one row when it follows the one restored last, else none.
//
// $backup  str  digest of the backup
// $chunk   int  number of the chunk
// -> chunk  int  the same number
//
// seek    -
// budget  2 ms
// outside it is gone when the restore is complete
// why     The SET takes the lock before anything is compared, so that of two restores at once one
//         is refused, and a chunk is restored once however often it is tried.
MATCH (mark:RestoreMark {id: 'restore'})
SET mark.turn = $chunk
WITH mark
WHERE mark.backup = $backup AND mark.chunk = $chunk - 1
SET mark.chunk = $chunk
RETURN mark.chunk AS chunk
