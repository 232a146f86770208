// confm.sync_runs (read)
// Runs of sync, the latest first, with the chunks they have taken. One row.
//
// $scope   str        key of the scope; null: of all
// $key     str        of one run; null: all
// $sources list[str]  of these sources only; null: of all
// $after   str        begin and key of the last one of the page before, or empty
// $limit   int        most of them
// -> total  int        how many there are in all pages
// -> runs   list[map]  properties with {lease_until, taken}
//
// seek    -
// budget  20 ms for 1,000 runs
// allow   CartesianProduct: of two single rows, the count and the page
// why     People look at what is going on, and at what became of it.
CALL () {
  MATCH (scope:SyncScope)-[:RAN]->(state:RunState)
  WHERE ($scope IS NULL OR scope.key = $scope) AND ($key IS NULL OR state.key = $key)
    AND ($sources IS NULL OR state.source IN $sources)
  RETURN count(state) AS total
}
CALL () {
  MATCH (scope:SyncScope)-[:RAN]->(state:RunState)
  WHERE ($scope IS NULL OR scope.key = $scope) AND ($key IS NULL OR state.key = $key)
    AND ($sources IS NULL OR state.source IN $sources)
    AND ($after = '' OR state.begun_at + '|' + state.key < $after)
  WITH scope, state ORDER BY state.begun_at DESC, state.key DESC LIMIT $limit
  RETURN collect(state {
    .*, held: null, told: null,
    lease_until: CASE WHEN scope.lease_run = state.key THEN scope.lease_until END,
    taken: COLLECT { MATCH (state)-[:TOOK]->(chunk:RunChunk) RETURN chunk.number ORDER BY chunk.number }
  }) AS runs
}
RETURN total, runs
