// chm.differences_due (read)
// Changes whose planned difference is to be compared: a source ended a run that began after them. One row.
//
// $since  str  only runs that ended after it are looked at; empty: all
// $late   str  whoever waits since before is not waited for any more
// -> ended  str        when the last of these runs ended; null: there is none
// -> due    list[map]  {id, key} of the changes
//
// seek    run_state_ended_at change_awaits_since
// budget  20 ms for 100 changes
// why     Compared once after each run that can say something, and not before (PR12.5).
OPTIONAL MATCH (state:RunState)
WHERE state.ended_at > $since AND state.status IN ['completed', 'held']
WITH max(state.ended_at) AS ended, coalesce(max(state.begun_at), '') AS begun
RETURN ended,
       COLLECT {
         MATCH (change:Change)
         WHERE change.awaits_since > ''
           AND (change.awaits_since < $late OR change.awaits_since <= begun)
         RETURN {id: change.id, key: change.key} ORDER BY change.key
       } AS due
