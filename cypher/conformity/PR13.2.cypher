// conformity.PR13.2 (read)
// Approved changes are included in releases by criteria.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// -> checked     int        releases that were registered in the period
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// seek    -
// budget  1 s for 10,000 releases
// why     A change may be withdrawn after it was taken in, left out and forgotten, or implemented beside it.
MATCH (record:Release)
WHERE $since <= record.created_at < $until
WITH record, [
  {fails: record.outcome IS NULL AND record.closed_at IS NULL AND EXISTS {
     MATCH (record)-[:CONTAINS]->(change:Record)
     WHERE change.status IN ['rejected', 'cancelled', 'returned']
   }, indicator: 'change_withdrawn', why: 'it contains a change that was withdrawn'},
  {fails: record.outcome IS NOT NULL AND NOT EXISTS { (record)-[:CONTAINS]->(:Record) },
   indicator: 'empty', why: 'it was deployed, and contains no change'},
  {fails: record.outcome IS NOT NULL AND EXISTS {
     MATCH (record)-[:CONTAINS]->(change:Record) WHERE change.outcome IS NULL
   }, indicator: 'change_without_outcome', why: 'its outcome is known, and that of one of its changes is not'}
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
