// conformity.PR9.4 (read)
// Users are kept informed of the progress of incidents and service requests.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        incidents and service requests that went on in the period
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   no_update_planned  P1D
// limit   updated_late       PT1H
// limit   waits_untold       P1D
// seek    -
// budget  10 s for 20,000 of them with some entries each
// why     When users are to hear again is kept with the record and replaced by every update, and by its end;
//         what was replaced is in the ledger, so that a late update stays late. An hour is allowed where a
//         higher priority makes it due at once.
MATCH (unit:Incident|ServiceRequest)
WHERE unit.created_at < $until AND coalesce(unit.closed_at, $until) >= $since
WITH unit, CASE WHEN unit:Incident THEN 'Incident' ELSE 'ServiceRequest' END AS kind,
     COLLECT {
       MATCH (unit)<-[changed:CHANGED]-(entry:LedgerEntry)
       WHERE changed.type IS NULL AND changed.before CONTAINS '"next_update_due_at":'
       RETURN {at: entry.at, due: CASE
         WHEN changed.before CONTAINS '"next_update_due_at":"'
         THEN split(split(changed.before, '"next_update_due_at":"')[1], '"')[0] END}
       ORDER BY entry.seq
     } + [{at: '9999', due: unit.next_update_due_at}] AS spans,
     COLLECT {
       MATCH (unit)<-[:CHANGED]-(entry:LedgerEntry)
       WHERE entry.verb ENDS WITH '.wait' AND entry.at < $until
       RETURN entry.at ORDER BY entry.seq DESC LIMIT 1
     }[0] AS waits_since
WITH unit, kind, waits_since,
     [n IN range(0, size(spans) - 1) | {
       at: spans[n].at, due: spans[n].due,
       begun: CASE n WHEN 0 THEN unit.created_at ELSE spans[n - 1].at END
     }] AS spans
WITH unit, kind, waits_since,
     unit.priority IS NOT NULL AND all(each IN spans WHERE each.due IS NULL)
       AND datetime(unit.created_at) + duration($limits.no_update_planned) < datetime(
         CASE WHEN unit.resolved_at < $until THEN unit.resolved_at ELSE $until END) AS unplanned,
     [each IN spans WHERE each.due < each.at AND each.due < $until AND each.begun < $until
        AND datetime(each.begun) + duration($limits.updated_late)
          < datetime(CASE WHEN each.at < $until THEN each.at ELSE $until END)] AS late
WITH unit, kind, [
  {fails: unplanned,
   indicator: 'no_update_planned', why: '{limit} after it was registered no rule said when users were to hear of it'},
  {fails: any(each IN late WHERE each.at < $until),
   indicator: 'updated_late', why: 'users heard of it more than {limit} later than the rules say'},
  {fails: any(each IN late WHERE each.at >= $until),
   indicator: 'update_overdue', why: 'users wait to hear of it, longer than the rules say'},
  {fails: unit.waiting_for = 'user' AND datetime(waits_since) + duration($limits.waits_untold) < datetime($until)
     AND NOT EXISTS {
       MATCH (unit)<-[:ABOUT]-(said:Comment {public: true})
       WHERE said.created_at >= waits_since AND said.created_at < $until
     },
   indicator: 'waits_untold', why: 'it waits for {limit} for a user whom nobody has told so'}
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
