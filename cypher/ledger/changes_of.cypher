// ledger.changes_of (read)
// Entries that replaced something of some records, or of what leads from others to one of them,
// with what they replaced, newest first.
//
// $ids      list[str]  the records
// $sources  list[str]  others that lead to one of them
// $target   str        that one
// -> entry    map              the entry's properties
// -> changed  list[list[any]]  [id, labels, op, before, type, target]
//
// seek    record_id
// budget  5 ms for one record
// why     History of one record: the edges of the record, and of what is part of it, alone.
CALL () {
  UNWIND $ids AS id
  MATCH (record:Record {id: id})<-[changed:CHANGED]-(entry:LedgerEntry)
  RETURN entry, record, changed
  UNION ALL
  UNWIND $sources AS id
  MATCH (record:Record {id: id})<-[changed:CHANGED]-(entry:LedgerEntry)
  WHERE changed.target = $target
  RETURN entry, record, changed
}
WITH entry, collect([record.id, labels(record), changed.op, changed.before, changed.type, changed.target]) AS changed
RETURN properties(entry) AS entry, changed
ORDER BY entry.seq DESC
