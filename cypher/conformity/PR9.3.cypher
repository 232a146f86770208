// conformity.PR9.3 (read)
// Functional and hierarchical escalation is carried out in a consistent manner.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        incidents and service requests that went on in the period, and were
//                            escalated or had to be: the time to resolve them was over
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   escalated_late         PT1H
// limit   escalation_unanswered  P2D
// seek    ledger_entry_seq
// budget  5 s for 20,000 of them
// why     Steps of the path are taken by the scheduler or by people, and nothing stops a record whose steps
//         are not. When a step was due is told by the entry of the scheduler. Nothing to check: nothing was
//         late enough to be escalated.
MATCH (unit:Incident|ServiceRequest)
WHERE unit.created_at < $until AND coalesce(unit.closed_at, $until) >= $since
WITH unit, CASE WHEN unit:Incident THEN 'Incident' ELSE 'ServiceRequest' END AS kind,
     CASE WHEN unit.resolved_at < $until THEN unit.resolved_at ELSE $until END AS over,
     COLLECT {
       MATCH (unit)<-[:ESCALATES]-(step:Escalation)
       WHERE step.created_at < $until
       MATCH (entry:LedgerEntry {seq: step.created})
       RETURN {
         at: step.created_at, functional: step.direction = 'functional',
         nobody: NOT EXISTS { (step)-[:ESCALATED_TO]->(:Record) },
         due: CASE WHEN entry.via = 'scheduler' AND entry.reason CONTAINS ' since '
                   THEN split(entry.reason, ' since ')[1] END,
         answered: EXISTS {
           MATCH (unit)<-[:CHANGED]-(later:LedgerEntry)
           WHERE later.seq > step.created AND later.via <> 'scheduler'
             AND datetime(later.at) <= datetime(step.created_at) + duration($limits.escalation_unanswered)
         } OR EXISTS {
           MATCH (unit)<-[:ABOUT]-(said:Comment)
           WHERE said.created > step.created
             AND datetime(said.created_at) <= datetime(step.created_at) + duration($limits.escalation_unanswered)
         }
       } ORDER BY step.created
     } AS steps
WHERE size(steps) > 0 OR unit.resolution_due_at < $until
WITH unit, kind, [
  {fails: size(steps) = 0,
   indicator: 'never_escalated', why: 'the time to resolve it was over, and nobody was told'},
  {fails: steps[0].at > unit.resolution_due_at
     OR any(each IN steps WHERE datetime(each.due) + duration($limits.escalated_late) < datetime(each.at)),
   indicator: 'escalated_late', why: 'it was escalated more than {limit} after the path or the target says'},
  {fails: any(each IN steps WHERE each.nobody),
   indicator: 'escalated_to_nobody', why: 'a step of its escalation reached nobody'},
  {fails: any(each IN steps WHERE NOT each.answered
     AND datetime(each.at) + duration($limits.escalation_unanswered) < datetime(over)),
   indicator: 'escalation_unanswered', why: 'it was escalated, and nothing was done for {limit}'},
  {fails: size([each IN steps WHERE each.functional]) > 3,
   indicator: 'handed_around', why: 'it was handed on more than three times'}
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
