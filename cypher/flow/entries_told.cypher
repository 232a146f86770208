// flow.entries_told (read)
// Entries of some verbs after one number up to another, oldest first, with the records they made or changed.
//
// $since  int        exclusive
// $until  int        inclusive
// $verbs  list[str]  names of verbs
// -> entry    map              the entry's properties
// -> changed  list[list[any]]  [id, labels, op, before, type, target] of each replaced thing
//
// seek    ledger_entry_seq
// budget  20 ms for 1,000 entries
// why     What is told of follows from the ledger alone, so that nothing is lost by a kill.
MATCH (entry:LedgerEntry)
WHERE $since < entry.seq <= $until AND entry.verb IN $verbs
CALL (entry) {
  MATCH (entry)-[changed:CHANGED]->(record:Record)
  RETURN collect([record.id, labels(record), changed.op, changed.before, changed.type, changed.target]) AS changed
}
RETURN properties(entry) AS entry, changed
ORDER BY entry.seq
