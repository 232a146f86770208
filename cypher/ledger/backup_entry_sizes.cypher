// ledger.backup_entry_sizes (read)
// Numbers of entries after one up to another with how much each changed, oldest first. One row.
//
// $since  int  exclusive
// $until  int  inclusive
// $limit  int  how many
// -> seqs    list[int]  numbers
// -> counts  list[int]  changes of each
//
// seek    ledger_entry_seq
// budget  20 ms for 5,000
// why     Pages of entries are cut by what they hold: an entry may hold one change or thousands.
MATCH (entry:LedgerEntry)
WHERE $since < entry.seq <= $until
WITH entry ORDER BY entry.seq LIMIT $limit
RETURN collect(entry.seq) AS seqs, collect(coalesce(entry.change_count, 0)) AS counts
