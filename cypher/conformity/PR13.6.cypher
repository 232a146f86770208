// conformity.PR13.6 (read)
// Deployment activities are evaluated for success or failure.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// -> checked     int        releases of which the outcome became known in the period
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// seek    -
// budget  1 s for 10,000 releases
// why     Guards want a review before the closing; that it is overdue, came too early, or looked away, is seen only afterwards.
MATCH (record:Release)
WHERE $since <= record.deployed_at < $until
WITH record, [
  {fails: record.review_due_at IS NOT NULL AND record.review_due_at < $until
     AND NOT EXISTS { (record)<-[:EVALUATES]-(:DeploymentReview) },
   indicator: 'review_overdue', why: 'it is not reviewed, and was to be by then'},
  {fails: EXISTS {
     MATCH (record)<-[:EVALUATES]-(review:DeploymentReview) WHERE review.created_at < record.watched_until
   }, indicator: 'reviewed_too_early', why: 'it was reviewed before the time was over in which incidents are watched'},
  {fails: EXISTS {
     MATCH (record)<-[:EVALUATES]-(review:DeploymentReview)
     WHERE review.success AND size(coalesce(review.incidents, [])) > 0
   }, indicator: 'success_with_incidents', why: 'it is called a success, and incidents began near it'},
  {fails: record.status = 'closed' AND coalesce(record.isrm_told, '') = '',
   indicator: 'isrm_not_told', why: 'it was closed, and nobody had told ISRM what became of it'}
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
