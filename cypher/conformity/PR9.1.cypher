// conformity.PR9.1 (read)
// Incidents and service requests are registered, classified and prioritised in a consistent manner.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// -> checked     int        incidents and service requests that were registered in the period
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// seek    -
// budget  2 s for 100,000 of them
// why     Guards let them in without a category and with a priority that somebody set; whether
//         that is the exception is seen only afterwards.
CALL () {
  MATCH (case:Incident)
  WHERE $since <= case.created_at < $until
  RETURN case, 'Incident' AS kind
  UNION ALL
  MATCH (case:ServiceRequest)
  WHERE $since <= case.created_at < $until
  RETURN case, 'ServiceRequest' AS kind
}
WITH case, kind, [
  {fails: coalesce(case.category, '') = '',
   indicator: 'unclassified', why: 'it has no category'},
  {fails: case.priority IS NULL,
   indicator: 'unprioritised', why: 'it has no priority'},
  {fails: case.override_reason IS NOT NULL AND size(split(trim(case.override_reason), ' ')) < 2,
   indicator: 'set_aside_without_reason', why: 'its priority was set aside, and hardly a word says why'},
  {fails: datetime(case.created_at) > datetime(case.starts_at) + duration('PT24H'),
   indicator: 'registered_late', why: 'it was registered more than a day after it began'}
] AS checks
WITH case, kind, [each IN checks WHERE each.fails] AS failed
WITH count(case) AS checked,
     sum(CASE WHEN size(failed) = 0 THEN 1 ELSE 0 END) AS conforming,
     sum(CASE kind WHEN 'Incident' THEN 1 ELSE 0 END) AS incidents,
     collect([case, failed, kind]) AS cases
RETURN checked, conforming,
       COLLECT {
         UNWIND cases AS one
         UNWIND one[1] AS each
         WITH one[0] AS case, one[2] AS kind, each
         ORDER BY case.key LIMIT $limit
         RETURN {id: case.id, kind: kind, key: case.key, indicator: each.indicator, why: each.why}
       } AS violations,
       {incidents: incidents, service_requests: checked - incidents} AS evidence
