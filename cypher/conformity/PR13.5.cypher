// conformity.PR13.5 (read)
// Deployment preparation considers what is done in case of unsuccessful deployment.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// -> checked     int        waves of releases that began in the period
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// seek    -
// budget  1 s for 10,000 releases
// why     Guards want a plan where the policy does; that nobody tried it, or that it did not help, is seen only afterwards.
MATCH (record:Deployment)
WHERE $since <= record.starts_at < $until
WITH record, [
  {fails: coalesce(record.back_out, '') = '',
   indicator: 'no_back_out', why: 'nothing says how it is undone'},
  {fails: record.attempts > 1 AND NOT coalesce(record.back_out_tested, false),
   indicator: 'failed_untested', why: 'it failed before, and nobody had tried to undo it'},
  {fails: record.status = 'failed' AND EXISTS {
     MATCH (record)-[:WAVE_OF]->(release:Release) WHERE release.outcome = 'failed'
   }, indicator: 'left_failed', why: 'its release was given up, and it was not undone'}
] AS checks
WITH record, [each IN checks WHERE each.fails | {indicator: each.indicator, why: each.why}] AS failed
ORDER BY record.key
WITH count(record) AS checked,
     sum(CASE WHEN size(failed) = 0 THEN 1 ELSE 0 END) AS conforming,
     collect(CASE WHEN size(failed) > 0 THEN [record, failed] END) AS lacking
RETURN checked, conforming,
       COLLECT {
         UNWIND lacking AS one
         UNWIND one[1] AS each
         RETURN {id: one[0].id, kind: 'Deployment', key: one[0].key, indicator: each.indicator, why: each.why}
         LIMIT $limit
       } AS violations,
       {deployments: checked} AS evidence
