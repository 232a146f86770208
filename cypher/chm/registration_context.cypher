// chm.registration_context (read)
// Live elements and problems by id or key. One row.
//
// $refs      list[str]  ids or keys of elements
// $problems  list[str]  ids or keys of problems
// -> elements  list[map]  {ref, id, labels}; none for a reference to nothing
// -> problems  list[map]  {ref, id}; likewise
//
// seek    element_key process_record_key record_id
// budget  3 ms
// why     One read before one write.
RETURN COLLECT {
         UNWIND $refs AS ref
         CALL (ref) {
           MATCH (element:Element {key: ref})
           RETURN element
           UNION
           MATCH (element:Record&Element {id: ref})
           RETURN element
         }
         RETURN {ref: ref, id: element.id, labels: labels(element)}
       } AS elements,
       COLLECT {
         UNWIND $problems AS ref
         CALL (ref) {
           MATCH (problem:ProcessRecord {key: ref})
           WHERE problem:Problem
           RETURN problem
           UNION
           MATCH (problem:Record&Problem {id: ref})
           RETURN problem
         }
         RETURN {ref: ref, id: problem.id}
       } AS problems
