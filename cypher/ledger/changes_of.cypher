// ledger.changes_of (read)
// Entries that replaced something of one record, with what they replaced, newest first.
//
// $id  str  the record
// -> entry    map              the entry's properties
// -> changed  list[list[any]]  [id, labels, op, before, type, target]
//
// seek    record_id
// budget  5 ms
// why     History of one record: the edges of the record alone.
MATCH (record:Record {id: $id})<-[changed:CHANGED]-(entry:LedgerEntry)
WITH entry, record, changed
RETURN properties(entry) AS entry,
       collect([record.id, labels(record), changed.op, changed.before, changed.type, changed.target]) AS changed
ORDER BY entry.seq DESC
