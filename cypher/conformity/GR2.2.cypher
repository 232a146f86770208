// conformity.GR2.2 (read)
// Each process has a documented definition that is maintained.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        processes of PR9 to PR14, once anybody is registered
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   definition_outdated  P90D
// seek    management_document_kind_of_document
// budget  2 s for 20,000 of them
// why     What a definition says is for people to judge; that there is one, approved and looked at, is shown.
CALL () {
  UNWIND CASE WHEN EXISTS { MATCH (:Person) }
         THEN ['isrm', 'pm', 'confm', 'chm', 'rdm', 'csi'] ELSE [] END AS process
  OPTIONAL MATCH (held:ManagementDocument {kind_of_document: 'process_definition'})
  WHERE held.of_process = process AND held.approved_at < $until AND coalesce(held.closed_at, $until) >= $until
  WITH process, held ORDER BY held.approved_at DESC
  WITH process, head(collect(held)) AS held
  RETURN {id: coalesce(held.id, ''), key: process, approved_at: held.approved_at} AS unit, 'Process' AS kind, [
    {fails: held IS NULL, indicator: 'no_definition', why: 'it has no definition that somebody approved'},
    {fails: datetime(held.next_review_at) + duration($limits.definition_outdated) < datetime($until),
     indicator: 'definition_outdated', why: 'nobody looked at its definition for {limit} since that was due'}
  ] AS checks
}
WITH unit, kind, [each IN checks WHERE each.fails | {indicator: each.indicator, why: each.why}] AS failed
ORDER BY unit.key
WITH count(unit) AS checked,
     sum(CASE WHEN size(failed) = 0 THEN 1 ELSE 0 END) AS conforming,
     sum(CASE kind WHEN 'Process' THEN 1 ELSE 0 END) AS processes,
     sum(CASE WHEN unit.approved_at >= $since THEN 1 ELSE 0 END) AS approved,
     collect(CASE WHEN size(failed) > 0 THEN [unit, kind, failed] END) AS lacking
RETURN checked, conforming,
       COLLECT {
         UNWIND lacking AS one
         UNWIND one[2] AS each
         RETURN {id: one[0].id, kind: one[1], key: one[0].key, indicator: each.indicator, why: each.why}
         LIMIT $limit
       } AS violations,
       {processes: processes, approved: approved} AS evidence
