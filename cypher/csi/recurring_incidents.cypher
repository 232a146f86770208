// csi.recurring_incidents (read)
// Elements that several incidents of a period had their cause in; where none is known, that they affected. A row for each, by key.
//
// $refs   list[str]  ids or keys of the elements that are meant; none: all are
// $since  str        beginning of the period, in the stored form; included
// $until  str        its end; not included
// $least  int        how many incidents at least
// -> id          str        the element
// -> is_service  bool       it is a service
// -> incidents   list[str]  keys of the incidents
//
// seek    -
// budget  1 s for a hundred thousand
// why     What comes again is an opportunity (PR14.1).
MATCH (incident:Incident)
WHERE incident.created_at >= $since AND incident.created_at < $until AND incident.status <> 'rejected'
CALL (incident) {
  MATCH (incident)-[:CAUSED_IN]->(element:Element)
  RETURN element
  UNION
  MATCH (incident)-[:AFFECTS]->(element:Element)
  WHERE NOT EXISTS { (incident)-[:CAUSED_IN]->(:Element) }
  RETURN element
}
WITH element, incident
WHERE size($refs) = 0 OR element.key IN $refs OR element.id IN $refs
ORDER BY incident.key
WITH element, collect(DISTINCT incident.key) AS incidents
WHERE size(incidents) >= $least
RETURN element.id AS id, element:Service AS is_service, incidents
ORDER BY element.key
