// conformity.PR9.2 (read)
// Incidents are resolved and service requests fulfilled, with regard to what is agreed and known.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        incidents and service requests that went on in the period, also those
//                            that were given up
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   waited_long   P14D
// limit   case_unowned  P1D
// seek    -
// budget  10 s for 20,000 of them with some entries each
// why     The verbs take every resolution, however late it comes and whatever is known. A clock that waits
//         breaks no target, so that long waits are looked at as well. A target that is broken stays so,
//         whoever resolves or rejects the record later.
MATCH (unit:Incident|ServiceRequest)
WHERE unit.created_at < $until AND coalesce(unit.closed_at, $until) >= $since
WITH unit, CASE WHEN unit:Incident THEN 'Incident' ELSE 'ServiceRequest' END AS kind, CASE WHEN unit.closed_at < $until THEN unit.closed_at ELSE $until END AS over,
     COLLECT {
       MATCH (unit)<-[changed:CHANGED]-(entry:LedgerEntry)
       WHERE changed.type IS NULL AND changed.before CONTAINS '"status":' AND entry.at < $until
       RETURN {at: entry.at, waits: entry.verb ENDS WITH '.wait'} ORDER BY entry.seq
     } AS turns
WITH unit, kind, [
  {fails: size(coalesce(unit.agreed, [])) = 0,
   indicator: 'no_targets', why: 'no time is agreed on for it'},
  {fails: unit.response_due_at < $until,
   indicator: 'response_late', why: 'nobody dealt with it within the time agreed on'},
  {fails: unit.resolution_due_at < $until,
   indicator: 'resolution_late', why: 'it was not resolved within the time agreed on'},
  {fails: any(n IN range(0, size(turns) - 1) WHERE turns[n].waits
     AND datetime(turns[n].at) + duration($limits.waited_long)
       < datetime(CASE WHEN n + 1 < size(turns) THEN turns[n + 1].at ELSE over END)),
   indicator: 'waited_long', why: 'its clocks stood still for more than {limit} in one go'},
  {fails: datetime(unit.created_at) + duration($limits.case_unowned) < datetime($until)
     AND NOT EXISTS { (unit)-[:OWNED_BY]->(:Record) },
   indicator: 'case_unowned', why: 'nobody answers for it {limit} after it was registered'},
  {fails: unit.status = 'closed' AND unit.resolved_at < $until
     AND NOT EXISTS { (unit)-[:HELPED_BY|HELPED_WITH]->(:KnownError|Workaround) }
     AND EXISTS {
       MATCH (unit)-[:AFFECTS]->(:Element)<-[:CONCERNS]-(known:KnownError)
       WHERE known.workaround <> '' AND known.created_at < unit.created_at
         AND coalesce(known.closed_at, $until) > unit.created_at
     },
   indicator: 'known_error_ignored',
   why: 'a workaround was known for what it affected, and nobody tried it'}
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
