// conformity.GR2.4 (read)
// Documented information is controlled: approved, owned, communicated, reviewed, in versions.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        versions of policies and documents that were drafts or in force at some time in the period
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   policy_not_reviewed  P365D
// limit   draft_left           P30D
// limit   document_left        P30D
// limit   document_unspread    P30D
// seek    -
// budget  2 s for 20,000 of them
// why     That nobody approves what they wrote is a guard's matter; that it is communicated and looked at again is nobody's.
CALL () {
  MATCH (unit:Policy)
  WHERE unit.created_at < $until AND coalesce(unit.retired_at, $until) >= $since
  WITH unit, CASE WHEN unit.retired_at < $until THEN unit.retired_at ELSE $until END AS over,
       CASE WHEN unit.reviewed_at < $until THEN unit.reviewed_at ELSE unit.approved_at END AS looked
  RETURN unit, 'Policy' AS kind, [
    {fails: NOT EXISTS { (unit)<-[:ANSWERS_FOR]-(:Record) },
     indicator: 'policy_unowned', why: 'nobody answers for it'},
    {fails: unit.approved_at < $until AND NOT EXISTS { (unit)-[:APPROVED_BY]->(:Record) },
     indicator: 'approved_by_nobody', why: 'it came with the product, and nobody here has approved it'},
    {fails: datetime(looked) + duration($limits.policy_not_reviewed) < datetime(over),
     indicator: 'policy_not_reviewed', why: 'it is in force for more than {limit}, and nobody looked at it again'},
    {fails: datetime(unit.created_at) + duration($limits.draft_left)
       < datetime(CASE WHEN unit.approved_at < over THEN unit.approved_at ELSE over END),
     indicator: 'draft_left', why: 'it was a draft for more than {limit}'}
  ] AS checks
  UNION ALL
  MATCH (unit:ManagementDocument)
  WHERE unit.created_at < $until AND coalesce(unit.closed_at, $until) >= $since
  WITH unit, CASE WHEN unit.closed_at < $until THEN unit.closed_at ELSE $until END AS over
  RETURN unit, 'ManagementDocument' AS kind, [
    {fails: NOT EXISTS { MATCH (unit)-[:OWNED_BY]->(:Record) },
     indicator: 'document_unowned', why: 'nobody answers for it'},
    {fails: datetime(unit.created_at) + duration($limits.document_left)
       < datetime(CASE WHEN unit.approved_at < over THEN unit.approved_at ELSE over END),
     indicator: 'document_left', why: 'it was a draft for more than {limit}'},
    {fails: datetime(unit.approved_at) + duration($limits.document_unspread)
       < datetime(CASE WHEN unit.communicated_at < over THEN unit.communicated_at ELSE over END),
     indicator: 'document_unspread', why: 'nobody was told of it for more than {limit}'},
    {fails: datetime(unit.next_review_at) < datetime(over),
     indicator: 'document_not_reviewed', why: 'it was to be looked at again, and was not'}
  ] AS checks
}
WITH unit, kind, [each IN checks WHERE each.fails | {indicator: each.indicator, why: each.why}] AS failed
ORDER BY unit.key
WITH count(unit) AS checked,
     sum(CASE WHEN size(failed) = 0 THEN 1 ELSE 0 END) AS conforming,
     sum(CASE kind WHEN 'Policy' THEN 1 ELSE 0 END) AS policies,
     sum(CASE kind WHEN 'ManagementDocument' THEN 1 ELSE 0 END) AS documents,
     collect(CASE WHEN size(failed) > 0 THEN [unit, kind, failed] END) AS lacking
RETURN checked, conforming,
       COLLECT {
         UNWIND lacking AS one
         UNWIND one[2] AS each
         RETURN {id: one[0].id, kind: one[1], key: one[0].key, indicator: each.indicator, why: each.why}
         LIMIT $limit
       } AS violations,
       {policies: policies, documents: documents} AS evidence
