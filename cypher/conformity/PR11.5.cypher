// conformity.PR11.5 (read)
// The information in the CMDB is verified at planned intervals.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        plans in force, verifications, and deviations that verifications brought to light
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   finding_undecided  P30D
// seek    -
// budget  3 s for 100,000 CIs
// why     A verification has its rules; that none is begun, that it ends late or looks at too little,
//         and that what it found is called corrected though nothing changed, break none.
CALL () {
  MATCH (plan:Policy)
  WHERE plan.kind = 'verification-plan' AND plan.status = 'approved' AND EXISTS { MATCH (:Element) }
  WITH plan, head(COLLECT {
    MATCH (verification:Verification {plan: plan.name})
    WHERE verification.outcome <> '' AND verification.closed_at < $until
    RETURN max(verification.closed_at)
  }) AS last, duration(split(split(plan.document, '"every":"')[1], '"')[0]) AS every
  RETURN plan AS record, 'Policy' AS kind, [
    {fails: datetime(coalesce(last, plan.approved_at)) + every < datetime($until),
     indicator: 'overdue', why: 'nothing was verified by it for longer than it says'}
  ] AS checks
  UNION ALL
  MATCH (verification:Verification)
  WHERE verification.created_at < $until AND verification.status <> 'cancelled'
    AND (verification.closed_at IS NULL OR $since <= verification.closed_at)
  RETURN verification AS record, 'Verification' AS kind, [
    {fails: coalesce(verification.closed_at, $until) > verification.due_at,
     indicator: 'late', why: 'it took longer than its plan allows'},
    {fails: verification.outcome = 'incomplete',
     indicator: 'unsampled', why: 'a part of its sample was not looked at'},
    {fails: verification.closed_at IS NOT NULL AND NOT EXISTS {
       MATCH (verification)-[said:VERIFIES]->(:Record) WHERE said.by_owner },
     indicator: 'not_by_owners', why: 'nobody who answers for an element attested it'}
  ] AS checks
  UNION ALL
  MATCH (deviation:Deviation)-[:FOUND_BY]->(:Verification)
  WHERE deviation.created_at < $until AND (deviation.closed_at IS NULL OR $since <= deviation.closed_at)
  RETURN deviation AS record, 'Deviation' AS kind, [
    {fails: deviation.closed_at IS NULL AND datetime(deviation.created_at) < datetime($until) - duration($limits.finding_undecided),
     indicator: 'finding_undecided', why: 'nobody has decided on it for {limit}'},
    {fails: deviation.status = 'corrected' AND NOT EXISTS {
       MATCH (deviation)-[:DEVIATES_AT]->(element:Record) WHERE element.updated_at > deviation.created_at },
     indicator: 'corrected_in_words', why: 'it is called corrected, and its element was not changed since'}
  ] AS checks
}
WITH record, kind, [each IN checks WHERE each.fails | {indicator: each.indicator, why: each.why}] AS failed
ORDER BY record.key
WITH count(record) AS checked,
     sum(CASE WHEN size(failed) = 0 THEN 1 ELSE 0 END) AS conforming,
     sum(CASE kind WHEN 'Policy' THEN 1 ELSE 0 END) AS plans,
     sum(CASE kind WHEN 'Verification' THEN 1 ELSE 0 END) AS verifications,
     sum(CASE kind WHEN 'Deviation' THEN 1 ELSE 0 END) AS deviations,
     collect(CASE WHEN size(failed) > 0 THEN [record, kind, failed] END) AS lacking
RETURN checked, conforming,
       COLLECT {
         UNWIND lacking AS one
         UNWIND one[2] AS each
         RETURN {id: one[0].id, kind: one[1], key: one[0].key, indicator: each.indicator, why: each.why}
         LIMIT $limit
       } AS violations,
       {plans: plans, verifications: verifications, deviations: deviations} AS evidence
