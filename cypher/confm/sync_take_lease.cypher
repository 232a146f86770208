// confm.sync_take_lease (write)
// Gives a scope to a run.
//
// $scope   str  key of the scope
// $source  str  name of the source
// $token   str  of the run; its writes are fenced by it
// $run     str  key of the run
// $number  int  number of the run
// $until   str  when the lease ends, UTC
//
// seek    sync_scope_key
// budget  2 ms
// outside a lease is over when the run is
// why     The caller has decided, with the ledger's head held, that nobody else holds it.
MERGE (scope:SyncScope {key: $scope})
SET scope.source = $source, scope.lease_token = $token, scope.lease_run = $run,
    scope.lease_until = $until, scope.runs = $number
