// pm.cause_context (read)
// A cause by id or key with its problem and what is behind it; elements by id or key. One row.
//
// $ref       str        id or key of the cause; null: none is meant
// $problem   str        id or key of a problem; null: that of the cause
// $elements  list[str]  ids or keys of elements
// -> cause           map        its properties; null where there is none
// -> problem         map        properties of the problem; null where there is none
// -> of              str        id of the problem that the cause explains; null where there is no cause
// -> lies_in         list[str]  ids of the elements in which the cause lies
// -> behind          list[map]  properties of all reasons of the cause, near and far
// -> named_elements  list[map]  {ref, id, labels}; none for a reference to nothing
//
// seek    process_record_key record_id element_key
// budget  5 ms
// why     One read before one write.
// allow   CartesianProduct: of two single rows, the cause and the problem
// allow   VarLengthExpand(All): over the reasons of one cause, twenty deep at most
OPTIONAL CALL () {
  MATCH (cause:ProcessRecord {key: $ref})
  WHERE cause:ProblemCause
  RETURN cause
  UNION
  MATCH (cause:Record&ProblemCause {id: $ref})
  RETURN cause
}
OPTIONAL CALL (cause) {
  MATCH (cause)-[:EXPLAINS]->(problem:Problem)
  WHERE $problem IS NULL
  RETURN problem
  UNION
  MATCH (problem:ProcessRecord {key: $problem})
  WHERE problem:Problem
  RETURN problem
  UNION
  MATCH (problem:Record&Problem {id: $problem})
  RETURN problem
}
RETURN properties(cause) AS cause, properties(problem) AS problem,
       head([(cause)-[:EXPLAINS]->(of:Record) | of.id]) AS of,
       COLLECT { MATCH (cause)-[:LIES_IN]->(element:Record) RETURN element.id } AS lies_in,
       COLLECT { MATCH (cause)(()<-[:REASON_OF]-(:ProblemCause)){1,20}(reason) RETURN properties(reason) } AS behind,
       COLLECT {
         UNWIND $elements AS ref
         CALL (ref) {
           MATCH (element:Element {key: ref})
           RETURN element
           UNION
           MATCH (element:Record&Element {id: ref})
           RETURN element
         }
         RETURN {ref: ref, id: element.id, labels: labels(element)}
       } AS named_elements
