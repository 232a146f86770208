// ledger.seal_entry (write)
// Gives the entry of a bulk verb its hash, which was worked out while its changes were written.
//
// $seq   int  number of the entry
// $seal  map  root, hash, and packed lists of what it created
// $hash  str  of the entry, for the head
// -> sealed  int  1
//
// seek    ledger_head_id ledger_entry_seq
// budget  2 ms
// why     In the transaction that wrote the entry: nobody sees one that is not sealed. A verb of
//         few changes has its hash at once, and saves the round trip.
// allow   CartesianProduct: of two single rows, the head and the entry
// allow   Eager: of one row
MATCH (head:LedgerHead {id: 'head'})
MATCH (entry:LedgerEntry {seq: $seq})
SET entry += $seal, head.hash = $hash
RETURN count(*) AS sealed
