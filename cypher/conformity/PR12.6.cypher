// conformity.PR12.6 (read)
// A schedule of changes is maintained, and told to those who are concerned.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        changes that were approved before the end of the period, and not over before it
//                            began
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   not_scheduled  P14D
// limit   short_notice   P1D
// seek    -
// budget  5 s for 20,000 of them
// why     Approval needs no schedule, and time is kept for nobody; emergencies and standard changes may begin
//         at any time. Times that were replaced are in the ledger.
MATCH (unit:Change)
WHERE unit.approved_at < $until AND coalesce(unit.closed_at, $until) >= $since
WITH unit, 'Change' AS kind, CASE WHEN unit.closed_at < $until THEN unit.closed_at ELSE $until END AS over,
     CASE WHEN coalesce(unit.starts_at, unit.closed_at) < $until THEN coalesce(unit.starts_at, unit.closed_at) ELSE $until END AS waited_until,
     COLLECT {
       MATCH (unit)<-[changed:CHANGED]-(entry:LedgerEntry)
       WHERE entry.verb IN ['change.schedule', 'release.schedule', 'release.include'] AND entry.at < $until
         AND (entry.verb <> 'release.include' OR changed.before CONTAINS '"schedule_findings"')
       RETURN {at: entry.at, former: CASE
         WHEN changed.before CONTAINS '"planned_ends_at":"'
         THEN split(split(changed.before, '"planned_ends_at":"')[1], '"')[0] END,
         was: changed.before CONTAINS '"schedule_findings":['
           OR NOT changed.before CONTAINS '"schedule_findings"'}
       ORDER BY entry.seq
     } AS turns
WITH unit, kind, [
  {fails: size(turns) = 0 AND coalesce(unit.type, 'normal') <> 'emergency'
     AND datetime(unit.approved_at) + duration($limits.not_scheduled) < datetime(waited_until),
   indicator: 'not_scheduled', why: 'it is approved for {limit}, and in no schedule'},
  {fails: unit.starts_at < unit.planned_starts_at OR unit.starts_at >= unit.planned_ends_at,
   indicator: 'outside_window', why: 'it was begun outside of its planned time'},
  {fails: unit.starts_at < unit.planned_ends_at AND unit.planned_ends_at
     < CASE WHEN coalesce(unit.ends_at) < $until THEN coalesce(unit.ends_at) ELSE $until END,
   indicator: 'overran', why: 'it took longer than others were told'},
  {fails: any(each IN turns WHERE each.was AND each.former < each.at)
     OR (size(turns) > 0 AND unit.planned_ends_at < waited_until AND coalesce(unit.starts_at >= $until, true)),
   indicator: 'missed', why: 'its planned time passed, and it was not begun'},
  {fails: unit.starts_at < $until AND size(unit.schedule_findings) > 0,
   indicator: 'collided', why: 'it was begun although its time collides with something'},
  {fails: coalesce(unit.type, 'normal') <> 'emergency' AND size(turns) > 0 AND unit.starts_at < $until
     AND datetime(unit.planned_starts_at)
       < datetime(last(turns).at) + duration($limits.short_notice),
   indicator: 'short_notice', why: 'it was scheduled less than {limit} before it was to begin'}
] AS checks
WITH unit, kind, [each IN checks WHERE each.fails | {indicator: each.indicator, why: each.why}] AS failed
ORDER BY unit.key
WITH count(unit) AS checked,
     sum(CASE WHEN size(failed) = 0 THEN 1 ELSE 0 END) AS conforming,
     sum(CASE kind WHEN 'Change' THEN 1 ELSE 0 END) AS changes,
     collect(CASE WHEN size(failed) > 0 THEN [unit, kind, failed] END) AS lacking
RETURN checked, conforming,
       COLLECT {
         UNWIND lacking AS one
         UNWIND one[2] AS each
         RETURN {id: one[0].id, kind: one[1], key: one[0].key, indicator: each.indicator, why: each.why}
         LIMIT $limit
       } AS violations,
       {changes: changes} AS evidence
