// confm.sync_lease (read)
// Who may write to a scope, and one of its runs. One row; nulls where it was never synced.
//
// $scope  str  key of the scope
// $run    str  key of a run, or empty
// -> token   str  of the run that holds it, or null
// -> run     str  key of that run
// -> until   str  when its lease ends, UTC
// -> number  int  number of the last run
// -> state   map  properties of the run asked for, or null
// -> record  map  properties of its record in the ledger, or null
//
// seek    sync_scope_key run_state_key sync_run_key
// budget  1 ms
// why     A second run of a scope is refused; a dead one is taken over when its lease has ended.
OPTIONAL MATCH (scope:SyncScope {key: $scope})
OPTIONAL MATCH (state:RunState {key: $run})
OPTIONAL MATCH (record:SyncRun {key: $run})
RETURN scope.lease_token AS token, scope.lease_run AS run, scope.lease_until AS until,
       coalesce(scope.runs, 0) AS number, properties(state) AS state,
       properties(record) AS record
