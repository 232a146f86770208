// conformity.PR11.2 (read)
// The level of detail of configuration information is sufficient to control CIs.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        CIs that were registered before the end of the period
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   stale  P365D
// seek    ci_type_key group_key
// budget  3 s for 100,000 CIs
// why     What a type requires is enforced at registration; who answers for a CI, and whether anybody
//         has looked at what is known of it within a year, is not.
CALL () {
  MATCH (ci:CI)
  WHERE ci.created_at < $until AND $since < $until AND ci.lifecycle <> 'planned'
  RETURN ci AS record, 'CI' AS kind, [
    {fails: NOT EXISTS { MATCH (ci)-[:OWNED_BY]->(:Record) }
       AND NOT EXISTS { MATCH (type:CIType {key: ci.type}) MATCH (:Group {key: type.owner_group}) },
     indicator: 'ci_unowned', why: 'nobody answers for it, nor for its type'},
    {fails: datetime(ci.updated_at) < datetime($until) - duration($limits.stale) AND NOT EXISTS {
       MATCH (ci)<-[said:VERIFIES]-(:Verification)
       WHERE said.attested = 'as_recorded' AND datetime(said.attested_at) >= datetime($until) - duration($limits.stale) },
     indicator: 'stale', why: 'it was neither changed nor attested within {limit}'}
  ] AS checks
}
WITH record, kind, [each IN checks WHERE each.fails | {indicator: each.indicator, why: each.why}] AS failed
ORDER BY record.key
WITH count(record) AS checked,
     sum(CASE WHEN size(failed) = 0 THEN 1 ELSE 0 END) AS conforming,
     sum(CASE kind WHEN 'CI' THEN 1 ELSE 0 END) AS cis,
     collect(CASE WHEN size(failed) > 0 THEN [record, kind, failed] END) AS lacking
RETURN checked, conforming,
       COLLECT {
         UNWIND lacking AS one
         UNWIND one[2] AS each
         RETURN {id: one[0].id, kind: one[1], key: one[0].key, indicator: each.indicator, why: each.why}
         LIMIT $limit
       } AS violations,
       {cis: cis} AS evidence
