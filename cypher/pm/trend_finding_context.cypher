// pm.trend_finding_context (read)
// A finding by id or key, with what is counted in it and what it is about; and a problem. One row, or none.
//
// $ref      str  id or key of the finding
// $problem  str  id or key of a problem; null: none is meant
// $reporter str  id or key of the person who reports a problem; empty: none is named
// $actor    str  login of the account that the person is behind instead; empty: of none
// -> finding     map        its properties
// -> counts      list[map]  {id, key, startsAt, endsAt, problem} of its incidents: key of the problem that each
//                           comes from, or null
// -> stands_out  list[map]  {id, labels} of the element that stands out; none where a word does
// -> hangs_on    list[map]  {id, labels} of what all have in common
// -> problem       map        properties of the problem; null where there is none
// -> investigates  list[map]  {id} of the elements that it investigates
// -> caused        list[map]  {startsAt, endsAt} of its incidents
// -> reporters     list[str]  ids of who reports a problem
//
// seek    process_record_key record_id person_key account_key
// budget  5 ms
// why     One read before one write.
// allow   CartesianProduct: of two single rows, the finding and the problem
CALL () {
  MATCH (finding:ProcessRecord {key: $ref})
  WHERE finding:TrendFinding
  RETURN finding
  UNION
  MATCH (finding:Record&TrendFinding {id: $ref})
  RETURN finding
}
OPTIONAL CALL () {
  MATCH (problem:ProcessRecord {key: $problem})
  WHERE problem:Problem
  RETURN problem
  UNION
  MATCH (problem:Record&Problem {id: $problem})
  RETURN problem
}
RETURN properties(finding) AS finding,
       COLLECT {
         MATCH (finding)-[:COUNTS]->(incident:Incident)
         RETURN {id: incident.id, key: incident.key, startsAt: incident.starts_at, endsAt: incident.ends_at,
                 problem: head([(incident)-[:CAUSED_BY]->(other:Record) | other.key])}
         ORDER BY incident.id
       } AS counts,
       COLLECT { MATCH (finding)-[:STANDS_OUT]->(element:Element) RETURN {id: element.id, labels: labels(element)} }
         AS stands_out,
       COLLECT { MATCH (finding)-[:HANGS_ON]->(element:Element) RETURN {id: element.id, labels: labels(element)} }
         AS hangs_on,
       properties(problem) AS problem,
       COLLECT { MATCH (problem)-[:INVESTIGATES]->(element:Record) RETURN {id: element.id} } AS investigates,
       COLLECT {
         MATCH (problem)<-[:CAUSED_BY]-(incident:Record)
         RETURN {startsAt: incident.starts_at, endsAt: incident.ends_at}
       } AS caused,
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
