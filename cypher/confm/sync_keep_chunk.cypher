// confm.sync_keep_chunk (write)
// Remembers that a chunk of a run was taken in, with the answer it was given.
//
// $scope    str    key of the scope
// $until    str    when the lease ends now, UTC
// $run      str    key of the run
// $at       str    now, UTC
// $chunk    map    key, number, digest, answer, seen, pending
// $counts   str    counts of the run so far, JSON
// $state    map    what else is known of the run by now
//
// seek    sync_scope_key run_state_key run_chunk_key
// budget  10 ms for 5,000 rows
// outside delivery state: a repeat is answered alike, and a run goes on after a crash
// allow   CartesianProduct: of two single rows, the scope and the run
// allow   Eager: chunks are counted once this one is there
// why     Rows that wait for others and what was seen must outlive the process that read them.
MATCH (scope:SyncScope {key: $scope})
MATCH (state:RunState {key: $run})
SET scope.lease_until = $until, state.counts = $counts, state.renewed_at = $at, state += $state
MERGE (chunk:RunChunk {key: $chunk.key})
SET chunk = $chunk
MERGE (state)-[:TOOK]->(chunk)
WITH state, COUNT { (state)-[:TOOK]->(:RunChunk) } AS taken
SET state.taken = taken
