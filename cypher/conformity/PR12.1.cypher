// conformity.PR12.1 (read)
// Changes are registered and classified in a consistent manner, by defined criteria.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        changes registered in the period, whatever became of them
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   emergency_that_waited  P2D
// seek    -
// budget  5 s for 20,000 of them
// why     A type may be set aside with any reason, and the plan may lie in the past. What was planned before is
//         in the ledger, so that planning anew hides nothing.
MATCH (unit:Change)
WHERE $since <= unit.created_at < $until
WITH unit, 'Change' AS kind,
     COLLECT {
       MATCH (unit)<-[changed:CHANGED]-(:LedgerEntry)
       WHERE changed.before CONTAINS '"planned_starts_at":"'
       RETURN split(split(changed.before, '"planned_starts_at":"')[1], '"')[0]
     } + [unit.planned_starts_at] AS planned,
     {standard: 0, normal: 1, major: 2, emergency: 3} AS grave
WITH unit, kind, [
  {fails: unit.type IS NULL,
   indicator: 'untyped', why: 'it has no type'},
  {fails: any(each IN planned WHERE each < unit.created_at),
   indicator: 'after_the_fact', why: 'it was to begin before it was registered'},
  {fails: grave[unit.override_type] < grave[unit.computed_type],
   indicator: 'played_down', why: 'a person made it less grave than the criteria say'},
  {fails: unit.override_type = 'emergency' AND unit.computed_type <> 'emergency',
   indicator: 'made_an_emergency', why: 'a person made it an emergency, and the criteria do not see one'},
  {fails: unit.override_type IS NOT NULL AND size(split(trim(unit.override_reason), ' ')) < 2,
   indicator: 'type_without_reason', why: 'its type was set aside, and hardly a word says why'},
  {fails: unit.type = 'emergency' AND datetime(unit.created_at) + duration($limits.emergency_that_waited)
     < datetime(CASE WHEN coalesce(unit.starts_at, unit.closed_at) < $until THEN coalesce(unit.starts_at, unit.closed_at) ELSE $until END),
   indicator: 'emergency_that_waited', why: 'it was an emergency, and waited for more than {limit}'},
  {fails: coalesce(unit.aim, '') = '' AND coalesce(unit.type, 'normal') <> 'standard',
   indicator: 'aimless', why: 'it does not say what it is for, by which it could be reviewed'}
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
