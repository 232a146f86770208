// conformity.GR4.2 (read)
// Plans of processes are aligned to the service management plan.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        plans of processes in force at the end of the period
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   plan_not_aligned  P90D
// seek    management_document_kind_of_document
// budget  2 s for 20,000 of them
// why     A plan that was neither written nor looked at since the plan of the system changed is not aligned to it.
CALL () {
  MATCH (unit:ManagementDocument {kind_of_document: 'plan'})
  WHERE unit.of_process <> '' AND unit.approved_at < $until AND coalesce(unit.closed_at, $until) >= $until
  RETURN unit, 'ManagementDocument' AS kind, [
    {fails: NOT EXISTS { MATCH (held:ManagementDocument {kind_of_document: 'plan'}) WHERE held.of_process = '' AND held.approved_at < $until AND coalesce(held.closed_at, $until) >= $until },
     indicator: 'aligned_to_nothing', why: 'there is no plan of the system that it could be aligned to'},
    {fails: EXISTS {
       MATCH (whole:ManagementDocument {kind_of_document: 'plan'})
       WHERE whole.of_process = '' AND datetime(whole.approved_at) + duration($limits.plan_not_aligned) < datetime($until)
         AND whole.approved_at > unit.approved_at AND coalesce(unit.reviewed_at < whole.approved_at, true)
     },
     indicator: 'plan_not_aligned', why: 'the plan of the system changed, and it was not looked at for {limit}'}
  ] AS checks
}
WITH unit, kind, [each IN checks WHERE each.fails | {indicator: each.indicator, why: each.why}] AS failed
ORDER BY unit.key
WITH count(unit) AS checked,
     sum(CASE WHEN size(failed) = 0 THEN 1 ELSE 0 END) AS conforming,
     sum(CASE kind WHEN 'ManagementDocument' THEN 1 ELSE 0 END) AS documents,
     sum(CASE WHEN unit.approved_at >= $since THEN 1 ELSE 0 END) AS approved,
     collect(CASE WHEN size(failed) > 0 THEN [unit, kind, failed] END) AS lacking
RETURN checked, conforming,
       COLLECT {
         UNWIND lacking AS one
         UNWIND one[2] AS each
         RETURN {id: one[0].id, kind: one[1], key: one[0].key, indicator: each.indicator, why: each.why}
         LIMIT $limit
       } AS violations,
       {documents: documents, approved: approved} AS evidence
