// chm.differences_due (read)
// Changes whose planned difference is to be compared: a source ended a run that began after them.
//
// $late  str  whoever waits since before is not waited for any more
// -> id   str  of the change
// -> key  str  its key
//
// seek    change_awaits_since
// budget  20 ms for 100 changes
// why     Compared once after each run that can say something, and not before (PR12.5).
MATCH (change:Change)
WHERE change.awaits_since > ''
WITH change ORDER BY change.key
WHERE change.awaits_since < $late OR EXISTS {
  MATCH (:SyncScope)-[:RAN]->(state:RunState)
  WHERE state.begun_at >= change.awaits_since AND state.status IN ['completed', 'held']
    AND state.ended_at > coalesce(change.compared_at, '')
}
RETURN change.id AS id, change.key AS key
