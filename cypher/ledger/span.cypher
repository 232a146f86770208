// ledger.span (read)
// How much the entries after one number up to another changed. One row.
//
// $since  int  exclusive
// $until  int  inclusive
// -> entries  int  how many they are
// -> changes  int  how many records and relations they changed, all together
//
// seek    ledger_entry_seq
// budget  20 ms for 10,000 entries
// why     What was missed is read back only where that is cheap; this says so before it is read.
MATCH (entry:LedgerEntry)
WHERE $since < entry.seq <= $until
RETURN count(entry) AS entries, coalesce(sum(entry.change_count), 0) AS changes
