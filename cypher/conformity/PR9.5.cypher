// conformity.PR9.5 (read)
// Incidents and service requests are closed in a consistent manner.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        incidents and service requests that were resolved or given up before the end of
//                            the period, and not over before it began
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   case_left_open  P14D
// seek    -
// budget  5 s for 20,000 of them
// why     Time closes what nobody confirms, and a cause is asked of nobody; both are exceptions, and how many
//         there are is seen only afterwards.
MATCH (unit:Incident|ServiceRequest)
WHERE unit.resolved_at < $until AND coalesce(unit.closed_at, $until) >= $since
WITH unit, CASE WHEN unit:Incident THEN 'Incident' ELSE 'ServiceRequest' END AS kind, CASE WHEN unit.closed_at < $until THEN unit.closed_at ELSE $until END AS over, unit.closed_at < $until AS is_over
WITH unit, kind, [
  {fails: is_over AND unit.status = 'closed' AND NOT coalesce(unit.confirmed, false),
   indicator: 'closed_unconfirmed', why: 'it was closed, and no user has confirmed that all is well'},
  {fails: datetime(unit.resolved_at) + duration($limits.case_left_open) < datetime(over),
   indicator: 'case_left_open', why: 'it was not closed within {limit} after it was resolved'},
  {fails: is_over AND unit:Incident AND unit.status = 'closed' AND coalesce(unit.cause, '') = ''
     AND NOT EXISTS { (unit)-[:CAUSED_IN]->(:Record) },
   indicator: 'cause_missing', why: 'it was closed, and nothing is known of its cause'},
  {fails: unit.reopened > 1,
   indicator: 'reopened_again', why: 'it was called resolved more than twice'},
  {fails: unit.status = 'rejected' AND size(split(trim(unit.resolution), ' ')) < 2,
   indicator: 'given_up_without_reason', why: 'it was given up, and hardly a word says why'}
] AS checks
WITH unit, kind, [each IN checks WHERE each.fails | {indicator: each.indicator, why: each.why}] AS failed
ORDER BY unit.key
WITH count(unit) AS checked,
     sum(CASE WHEN size(failed) = 0 THEN 1 ELSE 0 END) AS conforming,
     sum(CASE kind WHEN 'Incident' THEN 1 ELSE 0 END) AS incidents,
     sum(CASE kind WHEN 'ServiceRequest' THEN 1 ELSE 0 END) AS service_requests,
     collect(CASE WHEN size(failed) > 0 THEN [unit, kind, failed] END) AS lacking
RETURN checked, conforming,
       COLLECT {
         UNWIND lacking AS one
         UNWIND one[2] AS each
         RETURN {id: one[0].id, kind: one[1], key: one[0].key, indicator: each.indicator, why: each.why}
         LIMIT $limit
       } AS violations,
       {incidents: incidents, service_requests: service_requests} AS evidence
