// ledger.backup_entries_of (read)
// Numbers of the entries that replaced something of some records. One row.
//
// $ids  list[str]  records
// -> seqs  list[int]  numbers
//
// seek    record_id
// budget  5 ms
// why     Erasing a person's values masks images in earlier entries; these are read once more.
MATCH (record:Record)<-[:CHANGED]-(entry:LedgerEntry)
WHERE record.id IN $ids
RETURN collect(DISTINCT entry.seq) AS seqs
