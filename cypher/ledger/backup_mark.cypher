// ledger.backup_mark (read)
// How far a restore has come. One row for each mark; none when no restore is unfinished.
//
// -> backup  str  digest of the backup
// -> chunk   int  last chunk that was restored
//
// seek    -
// budget  1 ms
// why     A graph that is half restored is not opened by anything but the restore that goes on.
MATCH (mark:RestoreMark)
RETURN mark.backup AS backup, mark.chunk AS chunk
