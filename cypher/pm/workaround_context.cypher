// pm.workaround_context (read)
// Another workaround by id or key, and an incident by id or key with whether it was tried on that.
//
// $ref       str  id or key of the workaround
// $incident  str  id or key of an incident; empty: none is meant
// -> way       map        its properties
// -> incident  map        {id, key} of the incident; null where there is none
// -> tried     list[map]  {properties} of the relation, where it was tried on it before
//
// seek    process_record_key record_id
// budget  3 ms
// why     One read before one write.
// allow   CartesianProduct: of two single rows, the workaround and the incident
CALL () {
  MATCH (way:ProcessRecord {key: $ref})
  WHERE way:Workaround
  RETURN way
  UNION
  MATCH (way:Record&Workaround {id: $ref})
  RETURN way
}
OPTIONAL CALL () {
  MATCH (incident:ProcessRecord {key: $incident})
  WHERE incident:Incident
  RETURN incident
  UNION
  MATCH (incident:Record&Incident {id: $incident})
  RETURN incident
}
RETURN properties(way) AS way, incident {.id, .key} AS incident,
       COLLECT { MATCH (incident)-[tried:HELPED_WITH]->(way) RETURN {properties: properties(tried)} } AS tried
