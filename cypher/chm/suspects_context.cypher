// chm.suspects_context (read)
// A change by id or key with the incidents that began since it did.
//
// $ref    str  id or key of the change
// $until  str  those that began later are not looked at
// -> change     map        its properties
// -> alters     list[map]  {id, key, labels, properties} of the elements it alters: the relation's
// -> caused     list[str]  keys of the incidents it caused, as far as is known
// -> incidents  list[map]  {key, startsAt, elements} of those that began since: ids of elements
//
// seek    change_key record_id
// budget  20 ms
// why     An incident that began during a change or soon after, above what it altered, may come from it (PR12.5).
CALL () {
  MATCH (change:Change {key: $ref})
  RETURN change
  UNION
  MATCH (change:Record&Change {id: $ref})
  RETURN change
}
RETURN properties(change) AS change,
       COLLECT {
         MATCH (change)-[alters:CHANGES]->(element:Record)
         RETURN {id: element.id, key: element.key, labels: labels(element), properties: properties(alters)}
         ORDER BY element.id
       } AS alters,
       COLLECT { MATCH (change)-[:CAUSED]->(incident:Incident) RETURN incident.key } AS caused,
       COLLECT {
         MATCH (incident:Incident)
         WHERE incident.starts_at >= change.starts_at AND incident.starts_at <= $until
         WITH incident ORDER BY incident.starts_at, incident.key LIMIT 500
         RETURN {key: incident.key, startsAt: incident.starts_at,
                 elements: [(incident)-[:AFFECTS]->(element:Record) | element.id]}
       } AS incidents
