// confm.sync_release_lease (write)
// Ends a run's hold of its scope, and notes how it ended; what its chunks left is forgotten.
//
// $scope   str   key of the scope
// $token   str   of the run
// $run     str   key of the run
// $at      str   now, UTC
// $status  str   completed, held, aborted or failed
// $counts  str   counts of the run, JSON
// $state   map   what else is kept of how it ended
// $whole   bool  the snapshot was complete
// $undone  str   key of the run that this one reverted, or empty
//
// seek    sync_scope_key run_state_key
// budget  5 ms
// outside a lease is over when the run is; an unchanged run leaves nothing in the ledger
// allow   Eager: chunks are emptied after the run has ended
// allow   CartesianProduct: of two single rows, the scope and the run
// why     `last seen` of every element of the scope is derived from this, not stored with each.
MATCH (scope:SyncScope {key: $scope})
WHERE scope.lease_token = $token
MATCH (state:RunState {key: $run})
REMOVE scope.lease_token, scope.lease_until
SET scope.last_at = $at, scope.last_status = $status, scope.last_counts = $counts,
    scope.last_complete_at = CASE WHEN $whole THEN $at ELSE scope.last_complete_at END,
    state += $state, state.status = $status, state.counts = $counts, state.ended_at = $at
WITH scope, state
CALL (state) {
  MATCH (state)-[:TOOK]->(chunk:RunChunk)
  REMOVE chunk.seen, chunk.pending
}
CALL (scope, state) {
  MATCH (scope)-[:RAN]->(before:RunState)
  WHERE before.number < state.number AND before.status = 'held' AND $whole
  REMOVE before.held
  SET before.status = 'superseded'
}
CALL () {
  MATCH (undone:RunState {key: $undone})
  REMOVE undone.held, undone.plan
  SET undone.status = 'reverted', undone.decided_at = $at
}
CALL (scope) {
  MATCH (scope)-[:PARKED]->(row:ParkedRow)
  WHERE $whole AND row.record_key = '' AND row.run <> $run
  DETACH DELETE row
}
