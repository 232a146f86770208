// confm.sync_run_chunks (read)
// Some chunks of a run in their order: what they saw, and which rows wait for others. One row.
//
// $run    str  key of the run
// $after  int  number after which the page begins
// $limit  int  how many
// -> chunks  list[list[any]]  [number, seen, pending]
//
// seek    run_state_key
// budget  50 ms for 20 chunks of 5,000 rows
// why     What a process knew of a run is put together again after it died.
MATCH (state:RunState {key: $run})
RETURN COLLECT {
         MATCH (state)-[:TOOK]->(chunk:RunChunk)
         WHERE chunk.number > $after
         RETURN [chunk.number, chunk.seen, chunk.pending]
         ORDER BY chunk.number LIMIT $limit
       } AS chunks
