// conformity.PR11.2 (read)
// The level of detail of configuration information is sufficient to control CIs.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// -> checked     int        CIs that were registered before the end of the period
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// seek    -
// budget  3 s for 100,000 CIs
// why     What a type requires is enforced at registration; who answers for a CI, and whether anybody
//         has looked at what is known of it within a year, is not.
CALL () {
  MATCH (ci:CI)
  WHERE ci.created_at < $until AND $since < $until AND ci.lifecycle <> 'planned'
  RETURN ci AS record, 'CI' AS kind, [
    {fails: NOT EXISTS { MATCH (ci)-[:OWNED_BY]->(:Record) },
     indicator: 'ci_unowned', why: 'nobody answers for it'},
    {fails: datetime(ci.updated_at) < datetime($until) - duration('P365D') AND NOT EXISTS {
       MATCH (ci)<-[said:VERIFIES]-(:Verification)
       WHERE said.attested = 'as_recorded' AND datetime(said.attested_at) >= datetime($until) - duration('P365D') },
     indicator: 'stale', why: 'it was neither changed nor attested within a year'}
  ] AS checks
}
WITH record, kind, [each IN checks WHERE each.fails] AS failed
WITH collect({record: record, kind: kind, failed: failed}) AS cases
RETURN size(cases) AS checked,
       size([one IN cases WHERE size(one.failed) = 0]) AS conforming,
       COLLECT {
         UNWIND cases AS one
         UNWIND one.failed AS each
         WITH one.record AS record, one.kind AS kind, each
         ORDER BY record.key LIMIT $limit
         RETURN {id: record.id, kind: kind, key: record.key, indicator: each.indicator, why: each.why}
       } AS violations,
       {cis: size([one IN cases WHERE one.kind = 'CI'])} AS evidence
