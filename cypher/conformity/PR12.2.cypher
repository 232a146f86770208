// conformity.PR12.2 (read)
// For each type of change there are steps, and changes take them.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        standard changes that were approved and not retired before the period; changes
//                            that were begun before its end, and not over before it began
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   not_looked_at  P180D
// seek    -
// budget  5 s for 20,000 of them
// why     Failures suspend a standard change, and nothing keeps anybody from approving it again as it is.
CALL () {
  MATCH (unit:StandardChange)
  WHERE unit.approved_at < $until AND coalesce(unit.closed_at, $until) >= $since
  WITH unit, CASE WHEN unit.closed_at < $until THEN unit.closed_at ELSE $until END AS over,
       COLLECT {
         MATCH (unit)<-[changed:CHANGED]-(entry:LedgerEntry)
         WHERE entry.at < $until AND (entry.verb = 'standard_change.describe'
           OR changed.before CONTAINS '"status":')
         RETURN {
           described: entry.verb = 'standard_change.describe',
           again: entry.verb = 'standard_change.approve'
             AND changed.before CONTAINS '"status":"suspended"'
         } ORDER BY entry.seq
       } AS turns
  RETURN unit, 'StandardChange' AS kind, [
    {fails: any(n IN range(1, size(turns) - 1) WHERE turns[n].again AND NOT turns[n - 1].described),
     indicator: 'approved_unchanged',
     why: 'it was suspended, and approved again although nobody changed anything'},
    {fails: unit.used >= 3 AND 4 * unit.failed > unit.used,
     indicator: 'fails_often', why: 'more than one of four changes that followed it went wrong'},
    {fails: unit.status <> 'suspended'
       AND datetime(unit.approved_at) + duration($limits.not_looked_at) < datetime(over),
     indicator: 'not_looked_at', why: 'nobody has approved it anew for {limit}'}
  ] AS checks
  UNION ALL
  MATCH (unit:Change)
  WHERE unit.starts_at < $until AND coalesce(unit.closed_at, $until) >= $since
  RETURN unit, 'Change' AS kind, [
    {fails: unit.type = 'major' AND NOT EXISTS {
         MATCH (unit)<-[:TASK_OF]-(task:ChangeTask) WHERE task.created_at <= unit.starts_at
       },
     indicator: 'no_steps', why: 'it is a major change, and was begun without any task'}
  ] AS checks
}
WITH unit, kind, checks
WITH unit, kind, [each IN checks WHERE each.fails | {indicator: each.indicator, why: each.why}] AS failed
ORDER BY unit.key
WITH count(unit) AS checked,
     sum(CASE WHEN size(failed) = 0 THEN 1 ELSE 0 END) AS conforming,
     sum(CASE kind WHEN 'StandardChange' THEN 1 ELSE 0 END) AS standard_changes,
     sum(CASE kind WHEN 'Change' THEN 1 ELSE 0 END) AS changes,
     collect(CASE WHEN size(failed) > 0 THEN [unit, kind, failed] END) AS lacking
RETURN checked, conforming,
       COLLECT {
         UNWIND lacking AS one
         UNWIND one[2] AS each
         RETURN {id: one[0].id, kind: one[1], key: one[0].key, indicator: each.indicator, why: each.why}
         LIMIT $limit
       } AS violations,
       {standard_changes: standard_changes, changes: changes} AS evidence
