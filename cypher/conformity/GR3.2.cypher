// conformity.GR3.2 (read)
// The scope of the system is defined, with the analysis of stakeholders in view.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// -> checked     int        scopes in force at the end of the period; where there is none, that
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// seek    management_document_kind_of_document
// budget  2 s for 20,000 of them
// why     That a scope came after the analysis is told by the moments of both.
CALL () {
  MATCH (unit:ManagementDocument {kind_of_document: 'scope'})
  WHERE unit.of_process = '' AND unit.approved_at < $until AND coalesce(unit.closed_at, $until) >= $until
  RETURN unit, 'ManagementDocument' AS kind, [
    {fails: NOT EXISTS {
       MATCH (voice:Stakeholder) WHERE voice.analysed_at < coalesce(unit.reviewed_at, unit.approved_at)
     },
     indicator: 'scope_without_analysis', why: 'no stakeholder had been analysed when it was approved or looked at last'}
  ] AS checks
  UNION ALL
  WITH {id: '', key: 'scope'} AS unit
  WHERE EXISTS { MATCH (:Person) } AND NOT EXISTS { MATCH (held:ManagementDocument {kind_of_document: 'scope'}) WHERE held.of_process = '' AND held.approved_at < $until AND coalesce(held.closed_at, $until) >= $until }
  RETURN unit, 'System' AS kind, [
    {fails: true, indicator: 'no_scope_of_the_system', why: 'no scope of the system is in force'}
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
