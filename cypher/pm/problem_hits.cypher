// pm.problem_hits (read)
// A problem by id or key, with the elements that it investigates or that its incidents affect. One row.
//
// $ref  str  id or key
// -> problem  map        its properties; null where there is none
// -> hits     list[str]  ids of the elements, each once
// -> first    str        when the first of its incidents began; null where it has none
//
// seek    process_record_key record_id
// budget  5 ms
// why     Where a problem may lie is where it shows, and what that needs (PR10.2).
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
         CALL (problem) {
           MATCH (problem)-[:INVESTIGATES]->(element:Element)
           RETURN element
           UNION
           MATCH (problem)<-[:CAUSED_BY]-(:Incident)-[:AFFECTS]->(element:Element)
           RETURN element
         }
         RETURN element.id ORDER BY element.id
       } AS hits,
       COLLECT { MATCH (problem)<-[:CAUSED_BY]-(incident:Incident) RETURN min(incident.starts_at) }[0] AS first
