// ledger.backup_entries (read)
// Entries after one number up to another with what they replaced. One row.
//
// $since  int  exclusive
// $until  int  inclusive
// -> rows  list[list[any]]  for each entry: its properties, and [id, properties] of each CHANGED
//
// seek    ledger_entry_seq
// budget  300 ms for 20,000 changes
// why     A restored graph has its whole history: images of what was replaced are part of it.
MATCH (entry:LedgerEntry)
WHERE $since < entry.seq <= $until
WITH entry ORDER BY entry.seq
RETURN collect([
         properties(entry),
         COLLECT { MATCH (entry)-[changed:CHANGED]->(record:Record) RETURN [record.id, properties(changed)] }
       ]) AS rows
