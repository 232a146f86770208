// impact.disturbances_page (read)
// Incidents, changes or maintenance windows, the newest first, with what they do to whom. One row.
//
// $kind   str        Incident, Change or MaintenanceWindow
// $ids    list[str]  these only; null: all
// $now    str        those that are not over at this moment; null: over or not
// $after  str        id of the last one of the page before, or null
// $limit  int        most of them
// -> total  int        how many there are in all pages
// -> rows   list[map]  {record, effects}: properties, and {labels, element, effect} each
//
// seek    -
// budget  30 ms for 1,000 open ones
// why     People look at what is open; the engine reads the same records without their words.
// allow   CartesianProduct: of two single rows, the count and the page
CALL () {
  MATCH (disturbance:Disturbance:$($kind))
  WHERE ($ids IS NULL OR disturbance.id IN $ids)
    AND ($now IS NULL OR disturbance.ends_at IS NULL OR disturbance.ends_at > $now)
  RETURN count(disturbance) AS total
}
CALL () {
  MATCH (disturbance:Disturbance:$($kind))
  WHERE ($ids IS NULL OR disturbance.id IN $ids)
    AND ($now IS NULL OR disturbance.ends_at IS NULL OR disturbance.ends_at > $now)
    AND ($after IS NULL OR disturbance.id < $after)
  WITH disturbance ORDER BY disturbance.id DESC LIMIT $limit
  RETURN collect({
    record: properties(disturbance),
    effects: COLLECT {
      MATCH (disturbance)-[hits:AFFECTS|CHANGES|COVERS]->(element:Record)
      RETURN {labels: labels(element), element: properties(element), effect: hits.effect}
      ORDER BY element.key
    }
  }) AS rows
}
RETURN total, rows
