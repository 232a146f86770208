// conformity.GR2.4 (read)
// Documented information is controlled: approved, owned, reviewed, in versions.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// -> checked     int        versions of policies that were drafts or in force at some time in the period
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// seek    -
// budget  5 s for 20,000 of them
// why     Documents outside of the product are not in its records; its policies are. That nobody approves the
//         own ones is a guard's matter; that they are looked at again is nobody's.
MATCH (unit:Policy)
WHERE unit.created_at < $until AND coalesce(unit.retired_at, $until) >= $since
WITH unit, 'Policy' AS kind, CASE WHEN unit.retired_at < $until THEN unit.retired_at ELSE $until END AS over
WITH unit, kind, [
  {fails: NOT EXISTS { (unit)<-[:ANSWERS_FOR]-(:Record) },
   indicator: 'policy_unowned', why: 'nobody answers for it'},
  {fails: unit.approved_at < $until AND NOT EXISTS { (unit)-[:APPROVED_BY]->(:Record) },
   indicator: 'approved_by_nobody', why: 'it came with the product, and nobody here has approved it'},
  {fails: datetime(unit.approved_at) + duration('P365D') < datetime(over),
   indicator: 'policy_not_reviewed', why: 'it is in force for more than a year, and there is no newer version'},
  {fails: datetime(unit.created_at) + duration('P30D')
     < datetime(CASE WHEN unit.approved_at < over THEN unit.approved_at ELSE over END),
   indicator: 'draft_left', why: 'it was a draft for more than 30 days'}
] AS checks
WITH unit, kind, [each IN checks WHERE each.fails | {indicator: each.indicator, why: each.why}] AS failed
ORDER BY unit.key
WITH count(unit) AS checked,
     sum(CASE WHEN size(failed) = 0 THEN 1 ELSE 0 END) AS conforming,
     sum(CASE kind WHEN 'Policy' THEN 1 ELSE 0 END) AS policies,
     collect(CASE WHEN size(failed) > 0 THEN [unit, kind, failed] END) AS lacking
RETURN checked, conforming,
       COLLECT {
         UNWIND lacking AS one
         UNWIND one[2] AS each
         RETURN {id: one[0].id, kind: one[1], key: one[0].key, indicator: each.indicator, why: each.why}
         LIMIT $limit
       } AS violations,
       {policies: policies} AS evidence
