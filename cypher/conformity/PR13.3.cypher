// conformity.PR13.3 (read)
// Deployment of releases is planned, with acceptance criteria, communication and training.
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
// why     Guards want a plan; whether it was kept to, and whether people were told and trained in time, is seen only afterwards.
MATCH (record:Release)
WHERE $since <= record.begun_at < $until
WITH record, [
  {fails: record.type <> 'emergency' AND record.deployed_at > record.planned_ends_at,
   indicator: 'later_than_planned', why: 'it took longer than it was planned for'},
  {fails: EXISTS {
     MATCH (record)<-[:TELLS_OF|TRAINS_FOR]-(action:Record)
     WHERE action.due_at IS NOT NULL AND coalesce(action.closed_at, $until) > action.due_at
   }, indicator: 'people_late', why: 'people were told or trained later than was planned, or not at all'},
  {fails: record.type = 'major' AND NOT EXISTS { (record)<-[:TELLS_OF]-(:Record {status: 'performed'}) },
   indicator: 'nobody_told', why: 'it is a major release, and nobody was told of it'}
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
