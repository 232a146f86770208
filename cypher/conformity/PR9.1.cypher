// conformity.PR9.1 (read)
// Incidents and service requests are registered, classified and prioritised in a consistent manner.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        incidents and service requests that were registered in the period
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   registered_late  PT24H
// limit   without_element  PT24H
// seek    -
// budget  5 s for 20,000 of them
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
  {fails: datetime(case.created_at) > datetime(case.starts_at) + duration($limits.registered_late),
   indicator: 'registered_late', why: 'it was registered more than {limit} after it began'},
  {fails: kind = 'Incident' AND NOT EXISTS { (case)-[:AFFECTS]->() }
     AND datetime(case.created_at) + duration($limits.without_element) < datetime($until),
   indicator: 'without_element', why: 'for more than {limit} nobody has said which element it is about'}
] AS checks
WITH case, kind, [each IN checks WHERE each.fails | {indicator: each.indicator, why: each.why}] AS failed
ORDER BY case.key
WITH count(case) AS checked,
     sum(CASE WHEN size(failed) = 0 THEN 1 ELSE 0 END) AS conforming,
     sum(CASE kind WHEN 'Incident' THEN 1 ELSE 0 END) AS incidents,
     collect(CASE WHEN size(failed) > 0 THEN [case, kind, failed] END) AS lacking
RETURN checked, conforming,
       COLLECT {
         UNWIND lacking AS one
         UNWIND one[2] AS each
         RETURN {id: one[0].id, kind: one[1], key: one[0].key, indicator: each.indicator, why: each.why}
         LIMIT $limit
       } AS violations,
       {incidents: incidents, service_requests: checked - incidents} AS evidence
