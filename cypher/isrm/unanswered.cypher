// isrm.unanswered (read)
// Incidents and service requests that are resolved, and that no user has answered in time. A row for each.
//
// $incidents  list[str]  states from which an incident is closed
// $requests   list[str]  states from which a service request is closed
// $before     str        those that were resolved by then, UTC
// $limit      int        rows at most
// -> id       str  opaque id
// -> key      str  its key
// -> kind     str  Incident or ServiceRequest
// -> version  int  of the record
//
// seek    incident_status request_status
// budget  20 ms for 1,000 of them
// why     A time-out closes what nobody confirms or denies (PR9.5).
CALL () {
  MATCH (case:Incident)
  WHERE case.status IN $incidents AND case.resolved_at <= $before
  RETURN case, 'Incident' AS kind
  UNION ALL
  MATCH (case:ServiceRequest)
  WHERE case.status IN $requests AND case.resolved_at <= $before
  RETURN case, 'ServiceRequest' AS kind
}
WITH case, kind ORDER BY case.resolved_at, case.id LIMIT $limit
RETURN case.id AS id, case.key AS key, kind, case.version AS version
