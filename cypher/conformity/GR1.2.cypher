// conformity.GR1.2 (read)
// A general policy is defined, approved by the SMS owner, and communicated to those concerned.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        general policies in force at the end of the period; where there is none, that
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   policy_unspread  P30D
// seek    management_document_kind_of_document account_key role_key
// budget  2 s for 20,000 of them
// why     That a version is approved by somebody else is a guard's matter; who that is, and who hears of it, is not.
CALL () {
  MATCH (unit:ManagementDocument {kind_of_document: 'policy'})
  WHERE unit.of_process = '' AND unit.approved_at < $until AND coalesce(unit.closed_at, $until) >= $until
  RETURN unit, 'ManagementDocument' AS kind, [
    {fails: NOT EXISTS {
       MATCH (:Account {key: unit.approver})-[:ACTS_FOR]->(:Person)-[held:HOLDS]->(:Role {key: 'sms_owner'})
       WHERE held.starts_at <= unit.approved_at AND coalesce(held.ends_at > unit.approved_at, true)
     },
     indicator: 'not_by_the_owner', why: 'somebody else than the SMS owner approved it'},
    {fails: datetime(unit.approved_at) + duration($limits.policy_unspread)
       < datetime(CASE WHEN unit.communicated_at < $until THEN unit.communicated_at ELSE $until END),
     indicator: 'policy_unspread', why: 'nobody was told of it for more than {limit}'}
  ] AS checks
  UNION ALL
  WITH {id: '', key: 'general policy'} AS unit
  WHERE EXISTS { MATCH (:Person) } AND NOT EXISTS { MATCH (held:ManagementDocument {kind_of_document: 'policy'}) WHERE held.of_process = '' AND held.approved_at < $until AND coalesce(held.closed_at, $until) >= $until }
  RETURN unit, 'System' AS kind, [
    {fails: true, indicator: 'no_general_policy', why: 'no general policy is in force'}
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
