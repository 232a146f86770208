// rdm.incidents_between (read)
// Incidents that began in a time. Collected.
//
// $since  str  beginning, UTC; included
// $until  str  end, UTC; included
// -> incidents  list[map]  {key, elements} with ids of what each affected, the earliest first
//
// seek    -
// budget  50 ms for 10,000 incidents
// why     What began while a release was watched, above what it altered, may come from it (PR13.6).
RETURN COLLECT {
  MATCH (incident:Incident)
  WHERE incident.starts_at >= $since AND incident.starts_at <= $until
  WITH incident ORDER BY incident.starts_at, incident.key LIMIT 500
  RETURN {key: incident.key, elements: [(incident)-[:AFFECTS]->(element:Record) | element.id]}
} AS incidents
