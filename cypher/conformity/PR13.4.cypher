// conformity.PR13.4 (read)
// Releases are built, tested and evaluated against acceptance criteria before they are deployed.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// -> checked     int        releases of which the deployment began in the period
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// seek    -
// budget  1 s for 10,000 releases
// why     Guards want criteria to be met or waived; how often they are waived, and how thin tests are, is seen only afterwards.
MATCH (record:Release)
WHERE $since <= record.begun_at < $until
WITH record, [
  {fails: EXISTS {
     MATCH (record)<-[:CRITERION_OF]-(criterion:AcceptanceCriterion)
     WHERE NOT criterion.met AND criterion.waived_build = record.build
   }, indicator: 'criterion_waived', why: 'it was deployed without meeting one of its criteria'},
  {fails: NOT EXISTS { (record)<-[:TEST_OF]-(:TestResult {build: record.build}) },
   indicator: 'untested', why: 'what was deployed has no result of a test'},
  {fails: EXISTS {
     MATCH (record)<-[:TEST_OF]-(result:TestResult {build: record.build})
     WHERE result.skipped > result.passed + result.failed
   }, indicator: 'mostly_skipped', why: 'more tests were skipped than carried out'}
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
         RETURN {id: one[0].id, kind: 'Release', key: one[0].key, indicator: each.indicator, why: each.why}
         LIMIT $limit
       } AS violations,
       {releases: checked} AS evidence
