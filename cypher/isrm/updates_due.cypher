// isrm.updates_due (read)
// Incidents and service requests that go on and of which users were to hear again. A row for each.
//
// $states    list[str]  states of incidents in which they go on
// $requests  list[str]  states of service requests
// $at        str        the moment, UTC
// -> id   str  opaque id
// -> key  str  its key
// -> due  str  since when, UTC
//
// seek    incident_status request_status
// budget  20 ms for a thousand
// why     Users who hear nothing ask again, and think that nobody is at it (PR9.4).
CALL () {
  UNWIND $states AS state
  MATCH (case:Incident {status: state})
  WHERE case.next_update_due_at <= $at
  RETURN case
  UNION
  UNWIND $requests AS state
  MATCH (case:ServiceRequest {status: state})
  WHERE case.next_update_due_at <= $at
  RETURN case
}
RETURN case.id AS id, case.key AS key, case.next_update_due_at AS due
