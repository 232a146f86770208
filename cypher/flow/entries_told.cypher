// flow.entries_told (read)
// Entries of some verbs after one number up to another, oldest first, with what they changed.
//
// $since  int        exclusive
// $until  int        inclusive
// $verbs  list[str]  names of verbs
// $whole  list[str]  those of them of which all changes are wanted
// $most   int        most changes that come of the others
// -> entry    map              the entry's properties
// -> changed  list[list[any]]  [id, labels, op, before, type, target] of each changed thing; before: what
//                              a record had, of those of which all changes are wanted, or null
// -> touched  int              records among those it changed, whether they come along or not
//
// seek    ledger_entry_seq
// budget  20 ms for 1,000 entries
// why     What is told of follows from the ledger alone, so that nothing is lost by a kill. A chunk
//         of sync changes thousands of records, of which an event names a few.
MATCH (entry:LedgerEntry)
WHERE $since < entry.seq <= $until AND entry.verb IN $verbs
CALL (entry) {
  MATCH (entry)-[changed:CHANGED]->(record:Record)
  RETURN collect([record.id, labels(record), changed.op,
                  CASE WHEN entry.verb IN $whole AND changed.type IS NULL THEN changed.before END,
                  changed.type, changed.target]) AS changed,
         count(CASE WHEN changed.type IS NULL THEN 1 END) AS touched
}
RETURN properties(entry) AS entry, touched,
       CASE WHEN entry.verb IN $whole THEN changed ELSE changed[..$most] END AS changed
ORDER BY entry.seq
