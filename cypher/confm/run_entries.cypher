// confm.run_entries (read)
// Numbers of the ledger entries of a run of sync. One row.
//
// $run  str  key of the run
// -> seqs  list[int]  in order
//
// seek    ledger_entry_run
// budget  5 ms for 100 entries
// why     A run is reverted through what the ledger says it did.
RETURN COLLECT {
         MATCH (entry:LedgerEntry {run: $run})
         RETURN entry.seq ORDER BY entry.seq
       } AS seqs
