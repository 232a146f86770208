// isrm.incident_by_ref (read)
// An incident by id or key with what it affects, and elements by id or key.
//
// $ref   str        id or key of the incident
// $refs  list[str]  ids or keys of elements
// -> incident  map              its properties
// -> affected  list[map]        {id, key, labels, properties}: the relation's
// -> elements  list[map]        {ref, id, labels}; none for a reference to nothing
//
// seek    incident_key record_id element_key
// budget  3 ms
// why     One read before one write.
CALL () {
  MATCH (incident:Incident {key: $ref})
  RETURN incident
  UNION
  MATCH (incident:Record&Incident {id: $ref})
  RETURN incident
}
RETURN properties(incident) AS incident,
       COLLECT {
         MATCH (incident)-[affects:AFFECTS]->(element:Record)
         RETURN {id: element.id, key: element.key, labels: labels(element), properties: properties(affects)}
       } AS affected,
       COLLECT {
         UNWIND $refs AS ref
         CALL (ref) {
           MATCH (element:Element {key: ref})
           RETURN element
           UNION
           MATCH (element:Record {id: ref})
           WHERE element:Element
           RETURN element
         }
         RETURN {ref: ref, id: element.id, labels: labels(element)}
       } AS elements
