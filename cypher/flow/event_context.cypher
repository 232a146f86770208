// flow.event_context (read)
// What an event that came in became, and live elements by key. One row.
//
// $identity  str        what it is known again by
// $refs      list[str]  keys of elements
// $people    list[str]  keys or addresses of persons
// -> arrival   map        properties of it; null: it comes for the first time
// -> elements  list[map]  {ref, labels}; none for a reference to nothing
// -> persons   list[str]  ids of the persons
//
// seek    arrival_identity element_key person_key person_email
// budget  3 ms
// why     An event that is sent again is taken once (PR9.1).
RETURN head(COLLECT {
         MATCH (arrival:Arrival {identity: $identity})
         RETURN properties(arrival)
       }) AS arrival,
       COLLECT {
         UNWIND $refs AS ref
         MATCH (element:Element {key: ref})
         RETURN {ref: ref, labels: labels(element)}
       } AS elements,
       COLLECT {
         UNWIND $people AS ref
         CALL (ref) {
           MATCH (person:Person {key: ref}) RETURN person
           UNION
           MATCH (person:Person {email: ref}) RETURN person
         }
         WITH DISTINCT person ORDER BY person.id
         RETURN person.id
       } AS persons
