// ledger.entries_after (read)
// Entries after a number, oldest first, without what they changed.
//
// $since  int  exclusive
// $limit  int  how many
// -> entry  map  the entry's properties
//
// seek    ledger_entry_seq
// budget  50 ms for 1,000
// why     The chain is verified, listed and paged over in this order.
MATCH (entry:LedgerEntry)
WHERE entry.seq > $since
WITH entry ORDER BY entry.seq LIMIT $limit
RETURN properties(entry) AS entry
