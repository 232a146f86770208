// conformity.PR12.4 (read)
// Changes are approved in a consistent manner, at the level that criteria ask for.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        changes that are not standard, went on in the period and were assessed; meetings
//                            of the board that were to begin in it
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   decided_late  P14D
// limit   meeting_left  P7D
// seek    -
// budget  5 s for 20,000 of them
// why     Guards see to it who decides and on what; not when, nor what becomes of conditions.
CALL () {
  MATCH (unit:Change)
  WHERE unit.created_at < $until AND coalesce(unit.closed_at, $until) >= $since
    AND coalesce(unit.type, 'normal') <> 'standard' AND unit.assessed_at < $until
  RETURN unit, 'Change' AS kind, [
    {fails: datetime(unit.assessed_at) + duration($limits.decided_late)
       < datetime(CASE WHEN coalesce(unit.approved_at, unit.closed_at) < $until THEN coalesce(unit.approved_at, unit.closed_at) ELSE $until END),
     indicator: 'decided_late', why: 'it waited for a decision for more than {limit}'},
    {fails: unit.approved_until < CASE WHEN coalesce(unit.starts_at, unit.closed_at) < $until THEN coalesce(unit.starts_at, unit.closed_at) ELSE $until END,
     indicator: 'approval_expired', why: 'it was approved, and not begun until that was over'},
    {fails: unit.type = 'major' AND unit.approved_at < $until AND NOT EXISTS {
         MATCH (unit)<-[:DISCUSSES]-(meeting:CABMeeting {status: 'held'})
         WHERE meeting.closed_at <= unit.approved_at
       },
     indicator: 'board_not_heard', why: 'it is a major change, and was approved without the board'},
    {fails: EXISTS {
         MATCH (unit)<-[:DECIDES_ON]-(vote:Approval {vote: 'approved'})
         WHERE vote.conditions <> '' AND vote.created_at < $until AND NOT EXISTS {
           MATCH (unit)<-[:TASK_OF]-(task:ChangeTask) WHERE task.created_at >= vote.created_at
         }
       } AND unit.starts_at < $until,
     indicator: 'condition_forgotten',
     why: 'it was approved under a condition, and begun without a task for it'}
  ] AS checks
  UNION ALL
  MATCH (unit:CABMeeting)
  WHERE $since <= unit.starts_at < $until
  RETURN unit, 'CABMeeting' AS kind, [
    {fails: datetime(unit.starts_at) + duration($limits.meeting_left)
       < datetime(CASE WHEN coalesce(unit.closed_at) < $until THEN coalesce(unit.closed_at) ELSE $until END),
     indicator: 'meeting_left', why: 'nobody said within {limit} what the meeting decided'}
  ] AS checks
}
WITH unit, kind, checks
WITH unit, kind, [each IN checks WHERE each.fails | {indicator: each.indicator, why: each.why}] AS failed
ORDER BY unit.key
WITH count(unit) AS checked,
     sum(CASE WHEN size(failed) = 0 THEN 1 ELSE 0 END) AS conforming,
     sum(CASE kind WHEN 'Change' THEN 1 ELSE 0 END) AS changes,
     sum(CASE kind WHEN 'CABMeeting' THEN 1 ELSE 0 END) AS meetings,
     collect(CASE WHEN size(failed) > 0 THEN [unit, kind, failed] END) AS lacking
RETURN checked, conforming,
       COLLECT {
         UNWIND lacking AS one
         UNWIND one[2] AS each
         RETURN {id: one[0].id, kind: one[1], key: one[0].key, indicator: each.indicator, why: each.why}
         LIMIT $limit
       } AS violations,
       {changes: changes, meetings: meetings} AS evidence
