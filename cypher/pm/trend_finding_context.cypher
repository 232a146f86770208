// pm.trend_finding_context (read)
// A finding by id or key, with what is counted in it and what it is about. One row, or none.
//
// $ref  str  id or key
// -> finding     map        its properties
// -> counts      list[map]  {key, problem} of its incidents: key of the problem that it comes from, or null
// -> stands_out  list[map]  {id, labels} of the element that stands out; none where a word does
// -> hangs_on    list[map]  {id, labels} of what all have in common
//
// seek    process_record_key record_id
// budget  5 ms
// why     One read before one write.
CALL () {
  MATCH (finding:ProcessRecord {key: $ref})
  WHERE finding:TrendFinding
  RETURN finding
  UNION
  MATCH (finding:Record&TrendFinding {id: $ref})
  RETURN finding
}
RETURN properties(finding) AS finding,
       COLLECT {
         MATCH (finding)-[:COUNTS]->(incident:Incident)
         RETURN {key: incident.key, problem: head([(incident)-[:CAUSED_BY]->(other:Record) | other.key])}
         ORDER BY incident.id
       } AS counts,
       COLLECT { MATCH (finding)-[:STANDS_OUT]->(element:Element) RETURN {id: element.id, labels: labels(element)} }
         AS stands_out,
       COLLECT { MATCH (finding)-[:HANGS_ON]->(element:Element) RETURN {id: element.id, labels: labels(element)} }
         AS hangs_on
