// confm.sync_set_held (write)
// Notes what became of a run that was held.
//
// $run     str  key of the run
// $status  str  completed or reverted
// $at      str  now, UTC
//
// seek    run_state_key
// budget  1 ms
// outside what a run did stands in the ledger; this is where it stands itself
// why     A run is approved or reverted once.
MATCH (state:RunState {key: $run})
REMOVE state.held, state.plan
SET state.status = $status, state.decided_at = $at
