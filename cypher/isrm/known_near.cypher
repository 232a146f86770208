// isrm.known_near (read)
// Known errors that hold at the elements that an incident affects, or the services that it reaches. A row for each, the oldest first.
//
// $incident  str        id of the incident
// $services  list[str]  keys of the services that it reaches
// $most      int        rows at most
// -> id      str              the known error
// -> at      list[list[str]]  labels of each of these elements and services that it concerns
//
// seek    record_id element_key
// budget  5 ms
// why     Whoever begins to deal with an incident is shown what is known there (PR10.4); those that it was shown before are left out.
MATCH (incident:Record {id: $incident})
CALL (incident) {
  MATCH (incident)-[:AFFECTS]->(element:Element)
  RETURN element
  UNION
  UNWIND $services AS key
  MATCH (element:Element {key: key})
  RETURN element
}
MATCH (element)<-[:CONCERNS]-(known:KnownError)
WHERE known.closed_at IS NULL AND NOT EXISTS { (incident)-[:WAS_SHOWN]->(known) }
WITH known, collect(labels(element)) AS at
RETURN known.id AS id, at
ORDER BY known.id LIMIT $most
