// confm.sync_scope (read)
// A source's scope with its hash index and what waits for somebody. One row.
//
// $scope  str  key of the scope, source/name
// -> scope      map              its properties, or null where it was never synced
// -> buckets    list[list[any]]  [number, data, moments, wordings] in order of their numbers; later ones win
// -> parked     list[str]        keys of records of which a row is parked
// -> proposals  list[map]        properties of proposals to retire that are open or dismissed
// -> awaited    list[str]        planned differences of changes that wait for what sources say
//
// seek    sync_scope_key retirement_proposal_status change_awaits_since
// budget  30 ms for 100,000 rows
// allow   Eager: independent collections, one after the other
// why     What was seen last time decides what is unchanged, without asking for the rows.
OPTIONAL MATCH (scope:SyncScope {key: $scope})
RETURN properties(scope) AS scope,
       COLLECT {
         MATCH (scope)-[:INDEXES]->(bucket:HashBucket)
         RETURN [bucket.number, bucket.data, bucket.moments, bucket.wordings]
         ORDER BY bucket.number
       } AS buckets,
       COLLECT {
         MATCH (scope)-[:PARKED]->(parked:ParkedRow)
         WHERE parked.record_key <> ''
         RETURN parked.record_key
       } AS parked,
       COLLECT {
         UNWIND ['proposed', 'dismissed'] AS status
         MATCH (proposal:RetirementProposal {status: status})
         WHERE proposal.source + '/' + proposal.scope = $scope
         RETURN properties(proposal)
       } AS proposals,
       COLLECT {
         MATCH (change:Change)
         WHERE change.awaits_since > ''
         RETURN change.difference
       } AS awaited
