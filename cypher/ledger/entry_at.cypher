// ledger.entry_at (read)
// The last entry made at or before a moment. One row; null before the first.
//
// $at  str  UTC text
// -> seq  int  its number, or null
//
// seek    ledger_entry_at
// budget  2 ms
// why     As of a time means as of the last entry up to it.
MATCH (entry:LedgerEntry)
WHERE entry.at <= $at
WITH entry ORDER BY entry.at DESC, entry.seq DESC LIMIT 1
RETURN max(entry.seq) AS seq
