// csi.suggestion_history (read)
// A suggestion by id or key, with what the elements that it would improve have cost since a moment.
//
// $ref    str  id or key of the suggestion
// $since  str  from then on, in the stored form
// -> suggestion  map        its properties
// -> elements    list[str]  ids of what it would improve
// -> incidents   list[map]  {key, starts_at, ends_at, down}: criticalities of services that were DOWN
// -> failed      list[str]  keys of changes of the elements that failed
//
// seek    process_record_key record_id
// budget  20 ms for a thousand incidents
// why     What it would have avoided is what it is worth (PR14.2).
CALL () {
  MATCH (suggestion:ProcessRecord {key: $ref})
  WHERE suggestion:Suggestion
  RETURN suggestion
  UNION
  MATCH (suggestion:Record&Suggestion {id: $ref})
  RETURN suggestion
}
RETURN properties(suggestion) AS suggestion,
       [(suggestion)-[:WOULD_IMPROVE]->(element:Record) | element.id] AS elements,
       COLLECT {
         MATCH (suggestion)-[:WOULD_IMPROVE]->(:Record)<-[:AFFECTS|CAUSED_IN]-(incident:Incident)
         WHERE incident.status <> 'rejected' AND (incident.ends_at IS NULL OR incident.ends_at >= $since)
         WITH DISTINCT incident ORDER BY incident.key
         RETURN {key: incident.key, starts_at: incident.starts_at, ends_at: incident.ends_at, down: COLLECT {
           UNWIND coalesce(incident.services, [])[..coalesce(incident.services_down, 0)] AS key
           MATCH (service:Element {key: key})
           RETURN service.criticality
         }}
       } AS incidents,
       COLLECT {
         MATCH (suggestion)-[:WOULD_IMPROVE]->(:Record)<-[:CHANGES]-(change:Change)
         WHERE coalesce(change.closed_at, change.updated_at) >= $since
           AND (change.outcome IN ['failed', 'backed_out']
             OR EXISTS { (change)<-[:REVIEWS]-(:PostImplementationReview {aim_met: false}) })
         RETURN DISTINCT change.key ORDER BY change.key
       } AS failed
