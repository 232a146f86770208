// confm.sync_lease (read)
// Who may write to a scope. One row; nulls where it was never synced.
//
// $scope  str  key of the scope
// -> token   str  of the run that holds it, or null
// -> run     str  key of that run
// -> until   str  when its lease ends, UTC
// -> number  int  number of the last run
//
// seek    sync_scope_key
// budget  1 ms
// why     A second run of a scope is refused; a dead one is taken over when its lease has ended.
OPTIONAL MATCH (scope:SyncScope {key: $scope})
RETURN scope.lease_token AS token, scope.lease_run AS run, scope.lease_until AS until,
       coalesce(scope.runs, 0) AS number
