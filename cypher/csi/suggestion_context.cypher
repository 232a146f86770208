// csi.suggestion_context (read)
// Live suggestions of a finding, the newest first, and elements by id or key. One row.
//
// $finding   str        what tells one finding from another; null: none is meant
// $elements  list[str]  ids or keys of elements
// $reporter   str        id or key of the person who reports one; empty: none is named
// $actor      str        login of the account that the person is behind instead; empty: of none
// -> known           list[map]  {record, improves} of suggestions of this finding: ids of the elements
// -> named_elements  list[map]  {ref, id, labels}; none for a reference to nothing
// -> reporters       list[str]  ids of who reports one
//
// seek    suggestion_finding element_key record_id person_key account_key
// budget  3 ms
// why     The same finding again is the same suggestion (PR14.1).
RETURN COLLECT {
         MATCH (suggestion:Suggestion {finding: $finding})
         RETURN {record: properties(suggestion), improves: [(suggestion)-[:WOULD_IMPROVE]->(element:Record) | element.id]}
         ORDER BY suggestion.id DESC
       } AS known,
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
       } AS named_elements,
       COLLECT {
         CALL () {
           MATCH (person:Person {key: $reporter}) RETURN person
           UNION
           MATCH (person:Record&Person {id: $reporter}) RETURN person
           UNION
           MATCH (:Account {key: $actor})-[:ACTS_FOR]->(person:Person) RETURN person
         }
         RETURN person.id
       } AS reporters
