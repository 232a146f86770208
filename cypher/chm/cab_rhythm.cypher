// chm.cab_rhythm (read)
// When the change advisory board met last, and what of its meetings is open. One row.
//
// $called  str  name of the policy that says how often it meets
// $at      str  the moment, UTC
// -> since   str        when it came into force for the first time, UTC; null: never
// -> last    str        when the meeting began that was held last, UTC; null: none was
// -> ahead   bool       whether one is convened that is still to come
// -> behind  list[map]  {id, key, starts_at} of those that should have been, and were neither held nor cancelled
//
// seek    policy_kind_name
// budget  10 ms for 1,000 meetings
// why     A meeting that should have been and was not is missed by nobody otherwise (PR12.4).
RETURN head(COLLECT {
         MATCH (policy:Policy {kind: 'cab-rhythm', name: $called})
         WHERE policy.approved_at IS NOT NULL
         RETURN min(policy.approved_at)
       }) AS since,
       head(COLLECT {
         MATCH (meeting:CABMeeting {status: 'held'})
         RETURN meeting.starts_at ORDER BY meeting.starts_at DESC LIMIT 1
       }) AS last,
       EXISTS { MATCH (meeting:CABMeeting) WHERE meeting.closed_at IS NULL AND meeting.starts_at > $at } AS ahead,
       COLLECT {
         MATCH (meeting:CABMeeting)
         WHERE meeting.closed_at IS NULL AND meeting.starts_at <= $at
         RETURN meeting {.id, .key, .starts_at} ORDER BY meeting.starts_at
       } AS behind
