// conformity.PR12.3 (read)
// Changes are assessed for benefits, risks, potential impact, effort and feasibility.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        changes that are not standard and went on in the period, also those that were
//                            cancelled or rejected
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   assessed_late  P30D
// seek    -
// budget  5 s for 20,000 of them
// why     What the graph tells is computed; what people have to say may be left out, and time passes.
//         Standard changes were assessed with what they follow.
MATCH (unit:Change)
WHERE unit.created_at < $until AND coalesce(unit.closed_at, $until) >= $since
  AND coalesce(unit.type, 'normal') <> 'standard'
WITH unit, 'Change' AS kind,
     COLLECT {
       MATCH (unit)<-[:ASSESSES]-(assessment:ChangeAssessment)
       RETURN assessment.created_at ORDER BY assessment.seq LIMIT 1
     }[0] AS assessed,
     COLLECT {
       MATCH (unit)<-[:BACKS_OUT]-(plan:BackOutPlan)
       WHERE plan.created_at <= unit.starts_at
       RETURN plan ORDER BY plan.created LIMIT 1
     }[0] AS plan
WITH unit, kind, [
  {fails: datetime(unit.created_at) + duration($limits.assessed_late)
     < datetime(CASE WHEN coalesce(assessed, unit.closed_at) < $until THEN coalesce(assessed, unit.closed_at) ELSE $until END),
   indicator: 'assessed_late', why: 'it was not assessed within {limit}'},
  {fails: unit.approved_at < $until AND any(each IN [unit.benefits, unit.effort, unit.feasibility]
     WHERE coalesce(each, '') = ''),
   indicator: 'not_described',
   why: 'it was approved, and nobody said what it brings, takes, or whether it can be done'},
  {fails: unit.starts_at < $until AND plan IS NULL,
   indicator: 'begun_without_back_out', why: 'it was begun, and nothing said how it is undone'},
  {fails: unit.starts_at < $until AND unit.type = 'major' AND NOT coalesce(plan.tested, true),
   indicator: 'back_out_untested', why: 'it is a major change, and nobody tried to undo it before'}
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
