// isrm.open_cases (read)
// Incidents and service requests in some states with their lives, the soonest due first.
//
// $states    list[str]  states of incidents
// $requests  list[str]  states of service requests
// $steps   int        of the escalation path: what was escalated so often is left out
// $limit   int        how many at most
// -> record    map        its properties
// -> labels    list[str]  its labels
// -> changes   list[map]  {seq, at, before} of entries that replaced its state
// -> versions  list[map]  properties of the versions that its clocks are read by
//
// seek    incident_status request_status policy_key
// budget  50 ms for a thousand
// why     What is due follows from the lives of all that are open (PR9.3).
CALL () {
  UNWIND $states AS state
  MATCH (case:Incident {status: state})
  RETURN case
  UNION
  UNWIND $requests AS state
  MATCH (case:ServiceRequest {status: state})
  RETURN case
}
WITH case WHERE coalesce(case.escalation_level, 0) < $steps
WITH case ORDER BY case.resolution_due_at, case.id LIMIT $limit
RETURN properties(case) AS record, labels(case) AS labels,
       COLLECT {
         MATCH (case)<-[changed:CHANGED]-(entry:LedgerEntry)
         WHERE changed.type IS NULL AND changed.before CONTAINS '"status"'
         RETURN {seq: entry.seq, at: entry.at, before: changed.before}
       } AS changes,
       COLLECT {
         UNWIND coalesce(case.agreed, []) AS key
         MATCH (version:Policy {key: key})
         RETURN properties(version)
       } AS versions
