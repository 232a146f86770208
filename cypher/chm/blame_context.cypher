// chm.blame_context (read)
// A change by id or key with the incidents it caused, and incidents by id or key.
//
// $ref        str        id or key of the change
// $incidents  list[str]  ids or keys of incidents
// -> change     map        its properties
// -> caused     list[str]  ids of the incidents it caused, as far as is known
// -> incidents  list[map]  {ref, id, key}; none for a reference to nothing
//
// seek    change_key record_id incident_key
// budget  3 ms
// why     One read before one write.
CALL () {
  MATCH (change:Change {key: $ref})
  RETURN change
  UNION
  MATCH (change:Record&Change {id: $ref})
  RETURN change
}
RETURN properties(change) AS change,
       COLLECT { MATCH (change)-[:CAUSED]->(incident:Record) RETURN incident.id } AS caused,
       COLLECT {
         UNWIND $incidents AS ref
         CALL (ref) {
           MATCH (incident:Incident {key: ref})
           RETURN incident
           UNION
           MATCH (incident:Record&Incident {id: ref})
           RETURN incident
         }
         RETURN {ref: ref, id: incident.id, key: incident.key}
       } AS incidents
