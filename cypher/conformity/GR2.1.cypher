// conformity.GR2.1 (read)
// Key elements of the system are documented: its scope, the general policy, and the plan.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        scope, policy and plan, once anybody is registered
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   key_document_outdated  P90D
// seek    management_document_kind_of_document
// budget  2 s for 20,000 of them
// why     Nobody has to write them, nor to look at them again.
CALL () {
  UNWIND CASE WHEN EXISTS { MATCH (:Person) } THEN ['scope', 'policy', 'plan'] ELSE [] END AS word
  OPTIONAL MATCH (held:ManagementDocument {kind_of_document: word})
  WHERE held.of_process = '' AND held.approved_at < $until AND coalesce(held.closed_at, $until) >= $until
  WITH word, held ORDER BY held.approved_at DESC
  WITH word, head(collect(held)) AS held
  RETURN {id: coalesce(held.id, ''), key: coalesce(held.key, word), approved_at: held.approved_at} AS unit,
         CASE WHEN held IS NULL THEN 'System' ELSE 'ManagementDocument' END AS kind, [
    {fails: held IS NULL, indicator: 'key_document_missing', why: 'it is not documented, or nobody approved it'},
    {fails: datetime(held.next_review_at) + duration($limits.key_document_outdated) < datetime($until),
     indicator: 'key_document_outdated', why: 'nobody looked at it for {limit} since it was due'}
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
