// confm.sync_release_lease (write)
// Ends a run's hold of its scope, and notes how it ended.
//
// $scope    str   key of the scope
// $token    str   of the run
// $at       str   now, UTC
// $status   str   completed or failed
// $counts   str   counts of the run, JSON
// $whole    bool  the snapshot was complete
//
// seek    sync_scope_key
// budget  2 ms
// outside a lease is over when the run is; an unchanged run leaves nothing else behind
// why     `last seen` of every element of the scope is derived from this, not stored with each.
MATCH (scope:SyncScope {key: $scope})
WHERE scope.lease_token = $token
REMOVE scope.lease_token, scope.lease_until
SET scope.last_at = $at, scope.last_status = $status, scope.last_counts = $counts,
    scope.last_complete_at = CASE WHEN $whole THEN $at ELSE scope.last_complete_at END
