// ledger.changes_between (read)
// Entries after one number up to another with what they replaced, newest first.
//
// $since  int  exclusive
// $until  int  inclusive
// -> entry    map              the entry's properties
// -> changed  list[list[any]]  [id, labels, op, before, type, target] of each replaced thing
//
// seek    ledger_entry_seq
// budget  20 ms for 100 entries
// why     The ledger is an undo log: what an entry created is in the entry, what it replaced is
//         here. Collected on the server, because records are what costs on the way.
MATCH (entry:LedgerEntry)
WHERE $since < entry.seq <= $until
CALL (entry) {
  MATCH (entry)-[changed:CHANGED]->(record:Record)
  RETURN collect([record.id, labels(record), changed.op, changed.before, changed.type, changed.target]) AS changed
}
RETURN properties(entry) AS entry, changed
ORDER BY entry.seq DESC
