// pm.known_error_context (read)
// A known error by id or key, and an incident by id or key with whether it was tried on that.
//
// $ref       str  id or key of the known error
// $incident  str  id or key of an incident; empty: none is meant
// -> known     map        its properties
// -> incident  map        {id, key} of the incident; null where there is none
// -> tried     list[map]  {properties} of the relation, where it was tried on it before
// -> ways      list[map]  properties of other workarounds that help against it
//
// seek    process_record_key record_id
// budget  3 ms
// why     One read before one write.
// allow   CartesianProduct: of two single rows, the known error and the incident
CALL () {
  MATCH (known:ProcessRecord {key: $ref})
  WHERE known:KnownError
  RETURN known
  UNION
  MATCH (known:Record&KnownError {id: $ref})
  RETURN known
}
OPTIONAL CALL () {
  MATCH (incident:ProcessRecord {key: $incident})
  WHERE incident:Incident
  RETURN incident
  UNION
  MATCH (incident:Record&Incident {id: $incident})
  RETURN incident
}
RETURN properties(known) AS known, incident {.id, .key} AS incident,
       COLLECT { MATCH (incident)-[tried:HELPED_BY]->(known) RETURN {properties: properties(tried)} } AS tried,
       COLLECT { MATCH (known)<-[:HELPS_AGAINST]-(way:Workaround) RETURN properties(way) ORDER BY way.id } AS ways
