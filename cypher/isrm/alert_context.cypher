// isrm.alert_context (read)
// The open incident of an alert, and live elements by key.
//
// $alert  str        fingerprint of the alert
// $refs   list[str]  keys of elements
// -> incident  str        id of the one that is not resolved; null: there is none
// -> elements  list[map]  {ref, labels}; none for a reference to nothing
//
// seek    incident_alert element_key
// budget  3 ms
// why     An alert that is sent again is no new incident (PR9.1).
RETURN head(COLLECT {
         MATCH (incident:Incident {alert: $alert})
         WHERE incident.ends_at IS NULL
         RETURN incident.id ORDER BY incident.id DESC LIMIT 1
       }) AS incident,
       COLLECT {
         UNWIND $refs AS ref
         MATCH (element:Element {key: ref})
         RETURN {ref: ref, labels: labels(element)}
       } AS elements
