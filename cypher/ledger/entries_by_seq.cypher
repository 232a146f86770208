// ledger.entries_by_seq (read)
// Entries by their numbers, without what they changed.
//
// $numbers  list[int]  which
// -> entry  map  the entry's properties
//
// seek    ledger_entry_seq
// budget  2 ms
// why     Who created a record or a relation is in the entry that its `created` names.
MATCH (entry:LedgerEntry)
WHERE entry.seq IN $numbers
RETURN properties(entry) AS entry
ORDER BY entry.seq
