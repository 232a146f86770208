// conformity.PR9.1 (read)
// Incidents and service requests are registered, classified and prioritised in a consistent manner.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        incidents and service requests that were registered in the period; agreements with
//                            customers that were in force at its end
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   registered_late  PT24H
// limit   without_element  PT24H
// seek    -
// budget  5 s for 20,000 of them
// why     Guards let them in without a category and with a priority that somebody set; whether
//         that is the exception is seen only afterwards. By which targets they are prioritised follows from
//         the agreement on a service, and nobody has to agree with those who receive it.
CALL () {
  MATCH (case:Incident)
  WHERE $since <= case.created_at < $until
  RETURN case, 'Incident' AS kind
  UNION ALL
  MATCH (case:ServiceRequest)
  WHERE $since <= case.created_at < $until
  RETURN case, 'ServiceRequest' AS kind
  UNION ALL
  MATCH (case:Policy {kind: 'targets'})
  WHERE case.approved_at < $until AND coalesce(case.retired_at, $until) >= $until
    AND case.document CONTAINS '"services":['
    AND EXISTS { UNWIND coalesce(case.parties, []) AS party MATCH (:Customer {key: party}) }
  RETURN case, 'Policy' AS kind
}
WITH case, kind, [
  {fails: kind <> 'Policy' AND coalesce(case.category, '') = '',
   indicator: 'unclassified', why: 'it has no category'},
  {fails: kind <> 'Policy' AND case.priority IS NULL,
   indicator: 'unprioritised', why: 'it has no priority'},
  {fails: case.override_reason IS NOT NULL AND size(split(trim(case.override_reason), ' ')) < 2,
   indicator: 'set_aside_without_reason', why: 'its priority was set aside, and hardly a word says why'},
  {fails: datetime(case.created_at) > datetime(case.starts_at) + duration($limits.registered_late),
   indicator: 'registered_late', why: 'it was registered more than {limit} after it began'},
  {fails: kind = 'Incident' AND NOT EXISTS { (case)-[:AFFECTS]->() }
     AND datetime(case.created_at) + duration($limits.without_element) < datetime($until),
   indicator: 'without_element', why: 'for more than {limit} nobody has said which element it is about'},
  {fails: kind = 'Policy' AND EXISTS {
     UNWIND split(replace(split(split(case.document, '"services":[')[1], ']')[0], '"', ''), ',') AS key
     MATCH (service:Element {key: key})
     UNWIND case.parties AS party
     MATCH (customer:Customer {key: party})
     WHERE NOT EXISTS { (customer)-[:RECEIVES]->(service) }
     RETURN service
   },
   indicator: 'agreed_and_not_received', why: 'a customer that it was agreed on with does not receive a service of it'}
] AS checks
WITH case, kind, [each IN checks WHERE each.fails | {indicator: each.indicator, why: each.why}] AS failed
ORDER BY case.key
WITH count(case) AS checked,
     sum(CASE WHEN size(failed) = 0 THEN 1 ELSE 0 END) AS conforming,
     sum(CASE kind WHEN 'Incident' THEN 1 ELSE 0 END) AS incidents,
     sum(CASE kind WHEN 'Policy' THEN 1 ELSE 0 END) AS agreements,
     collect(CASE WHEN size(failed) > 0 THEN [case, kind, failed] END) AS lacking
RETURN checked, conforming,
       COLLECT {
         UNWIND lacking AS one
         UNWIND one[2] AS each
         RETURN {id: one[0].id, kind: one[1], key: one[0].key, indicator: each.indicator, why: each.why}
         LIMIT $limit
       } AS violations,
       {incidents: incidents, service_requests: checked - incidents - agreements, agreements: agreements} AS evidence
