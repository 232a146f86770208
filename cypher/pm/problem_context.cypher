// pm.problem_context (read)
// A problem by id or key with what it hangs together with; elements and incidents by id or key.
//
// $ref        str        id or key of the problem; null: none is meant
// $elements   list[str]  ids or keys of elements
// $incidents  list[str]  ids or keys of incidents
// $reporter   str        id or key of the person who reports one; empty: none is named
// $actor      str        login of the account that the person is behind instead; empty: of none
// -> problem          map        its properties; null where there is none
// -> investigates     list[map]  {id, key, labels, properties}: the relation's
// -> caused           list[map]  {id, key, startsAt, endsAt, properties} of its incidents
// -> knownErrors      list[map]  properties of its known errors
// -> ways             list[map]  {known, way}: other workarounds, with the id of their known error
// -> named_elements   list[map]  {ref, id, labels}; none for a reference to nothing
// -> named_incidents  list[map]  {ref, id, key, startsAt, endsAt, problem}; likewise; the problem
//                                that it comes from: {id, key, status, properties}, the relation's
// -> reporters        list[str]  ids of who reports one
//
// seek    process_record_key record_id element_key person_key account_key
// budget  5 ms
// why     One read before one write.
OPTIONAL CALL () {
  MATCH (problem:ProcessRecord {key: $ref})
  WHERE problem:Problem
  RETURN problem
  UNION
  MATCH (problem:Record&Problem {id: $ref})
  RETURN problem
}
RETURN properties(problem) AS problem,
       COLLECT {
         MATCH (problem)-[investigates:INVESTIGATES]->(element:Record)
         RETURN {id: element.id, key: element.key, labels: labels(element), properties: properties(investigates)}
       } AS investigates,
       COLLECT {
         MATCH (problem)<-[caused:CAUSED_BY]-(incident:Record)
         RETURN {id: incident.id, key: incident.key, startsAt: incident.starts_at, endsAt: incident.ends_at, properties: properties(caused)}
       } AS caused,
       COLLECT {
         MATCH (problem)<-[:KNOWN_FROM]-(known:KnownError)
         RETURN properties(known)
       } AS knownErrors,
       COLLECT {
         MATCH (problem)<-[:KNOWN_FROM]-(known:KnownError)<-[:HELPS_AGAINST]-(way:Workaround)
         RETURN {known: known.id, way: properties(way)}
       } AS ways,
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
         UNWIND $incidents AS ref
         CALL (ref) {
           MATCH (incident:ProcessRecord {key: ref})
           WHERE incident:Incident
           RETURN incident
           UNION
           MATCH (incident:Record&Incident {id: ref})
           RETURN incident
         }
         RETURN {ref: ref, id: incident.id, key: incident.key, startsAt: incident.starts_at,
                 endsAt: incident.ends_at,
                 problem: head([(incident)-[said:CAUSED_BY]->(other:Record) |
                   {id: other.id, key: other.key, status: other.status, properties: properties(said)}])}
       } AS named_incidents,
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
