// isrm.registration_context (read)
// Live elements by id or key, with the open incidents that affect them.
//
// $refs  list[str]  ids or keys of elements
// -> ref        str        as given
// -> id         str        the element
// -> labels     list[str]  its labels
// -> incidents  list[str]  keys of the incidents that affect it and are not over
//
// seek    element_key record_id
// budget  3 ms for ten
// why     What is reported twice is found when it is registered (PR9.1).
UNWIND $refs AS ref
CALL (ref) {
  MATCH (element:Element {key: ref})
  RETURN element
  UNION
  MATCH (element:Record {id: ref})
  WHERE element:Element
  RETURN element
}
RETURN ref, element.id AS id, labels(element) AS labels,
       COLLECT {
         MATCH (element)<-[:AFFECTS]-(incident:Incident)
         WHERE incident.ends_at IS NULL
         RETURN incident.key ORDER BY incident.id LIMIT 20
       } AS incidents
