// rdm.incidents_since (read)
// Incidents on some elements that were registered from a moment on, the first first. A row for each.
//
// $elements  list[str]  ids of the elements
// $since     str        the moment, UTC; included
// -> key            str        its key
// -> registered_at  str        when it was registered, UTC
// -> priority       int        1 is the highest; null: not known
// -> major          bool       it is a major one, or was
// -> elements       list[str]  ids of what it affects
//
// seek    record_id
// budget  20 ms for 1,000 elements
// why     What a deployment has done says whether it goes on (PR13.5).
UNWIND $elements AS id
MATCH (:Record {id: id})<-[:AFFECTS]-(incident:Incident)
WHERE incident.created_at >= $since
WITH DISTINCT incident ORDER BY incident.created_at, incident.key
RETURN incident.key AS key, incident.created_at AS registered_at, incident.priority AS priority,
       incident.major_since IS NOT NULL AS major,
       [(incident)-[:AFFECTS]->(element:Record) | element.id] AS elements
