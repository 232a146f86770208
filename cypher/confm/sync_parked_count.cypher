// confm.sync_parked_count (read)
// How many rows of a scope are parked, and which of some are. One row.
//
// $scope  str        key of the scope
// $keys   list[str]  keys of parked rows
// -> token    str        of the run that holds the scope, or null
// -> parked   int        all of the scope
// -> known    list[str]  those of the keys that are parked
//
// seek    sync_scope_key parked_row_key
// budget  10 ms for 1,000 keys
// why     What is parked is bounded for each scope.
OPTIONAL MATCH (scope:SyncScope {key: $scope})
RETURN scope.lease_token AS token,
       COUNT { (scope)-[:PARKED]->(:ParkedRow) } AS parked,
       COLLECT {
         UNWIND $keys AS key
         MATCH (row:ParkedRow {key: key})
         RETURN row.key
       } AS known
