// chm.standard_context (read)
// A standard change by id or key, and live elements by id or key.
//
// $ref   str        id or key of the standard change
// $refs  list[str]  ids or keys of elements
// -> standard  map        its properties
// -> elements  list[map]  {ref, id, labels}; none for a reference to nothing
//
// seek    process_record_key record_id element_key
// budget  3 ms
// why     One read before one write.
CALL () {
  MATCH (standard:ProcessRecord {key: $ref})
  WHERE standard:StandardChange
  RETURN standard
  UNION
  MATCH (standard:Record&StandardChange {id: $ref})
  RETURN standard
}
RETURN properties(standard) AS standard,
       COLLECT {
         UNWIND $refs AS ref
         CALL (ref) {
           MATCH (element:Element {key: ref})
           RETURN element
           UNION
           MATCH (element:Record&Element {id: ref})
           RETURN element
         }
         RETURN {ref: ref, id: element.id, labels: labels(element)}
       } AS elements
