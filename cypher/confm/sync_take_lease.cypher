// confm.sync_take_lease (write)
// Gives a scope to a run, and keeps what the run is; old runs of the scope are forgotten.
//
// $scope   str  key of the scope
// $source  str  name of the source
// $token   str  of the run; its writes are fenced by it
// $number  int  number of the run
// $until   str  when the lease ends, UTC
// $state   map  what the run is: key, mode, status, who and when
// $oldest  int  runs of a smaller number are forgotten
//
// seek    sync_scope_key run_state_key
// budget  5 ms
// outside a lease is over when the run is, and what a run did stands in the ledger
// allow   Eager: old runs go after the new one came
// why     The caller has decided, with the ledger's head held, that nobody else holds it.
MERGE (scope:SyncScope {key: $scope})
SET scope.source = $source, scope.lease_token = $token, scope.lease_run = $state.key,
    scope.lease_until = $until, scope.runs = $number
MERGE (state:RunState {key: $state.key})
SET state += $state
MERGE (scope)-[:RAN]->(state)
WITH scope, state
CALL (scope) {
  MATCH (scope)-[:RAN]->(old:RunState)
  WHERE old.number < $oldest
  OPTIONAL MATCH (old)-[:TOOK]->(chunk:RunChunk)
  DETACH DELETE chunk, old
}
CALL (scope, state) {
  MATCH (scope)-[:RAN]->(left:RunState)
  WHERE left.number < state.number AND left.status = 'running'
  SET left.status = 'abandoned', left.ended_at = state.renewed_at
}
