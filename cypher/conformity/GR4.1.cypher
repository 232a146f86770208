// conformity.GR4.1 (read)
// A service management plan is created and maintained.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        plans of the system in force at the end of the period; where there is none, that
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   plan_outdated  P30D
// seek    management_document_kind_of_document
// budget  2 s for 20,000 of them
// why     What a plan says of goals, roles, training and tools is for people to judge; that it is kept is shown.
CALL () {
  MATCH (unit:ManagementDocument {kind_of_document: 'plan'})
  WHERE unit.of_process = '' AND unit.approved_at < $until AND coalesce(unit.closed_at, $until) >= $until
  RETURN unit, 'ManagementDocument' AS kind, [
    {fails: NOT EXISTS { MATCH (unit)-[:OWNED_BY]->(:Record) },
     indicator: 'plan_unowned', why: 'nobody answers for it'},
    {fails: datetime(unit.next_review_at) + duration($limits.plan_outdated) < datetime($until),
     indicator: 'plan_outdated', why: 'nobody looked at it for {limit} since it was due'}
  ] AS checks
  UNION ALL
  WITH {id: '', key: 'service management plan'} AS unit
  WHERE EXISTS { MATCH (:Person) } AND NOT EXISTS { MATCH (held:ManagementDocument {kind_of_document: 'plan'}) WHERE held.of_process = '' AND held.approved_at < $until AND coalesce(held.closed_at, $until) >= $until }
  RETURN unit, 'System' AS kind, [
    {fails: true, indicator: 'no_plan', why: 'no service management plan is in force'}
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
