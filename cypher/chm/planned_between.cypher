// chm.planned_between (read)
// Approved changes and maintenance windows that are planned in a time, with what they put out of order.
//
// $since  str  what is over by this moment is left out
// $until  str  what begins from this moment on is left out
// $limit  int  how many at most, the earliest first
// -> record   map              properties
// -> starts   str              planned beginning, UTC
// -> ends     str              planned end, UTC
// -> effects  list[list[str]]  [element id, effect]
//
// seek    change_planned_ends_at
// budget  50 ms for a thousand
// why     Those whose services are reached are told of what is planned (PR12.6).
CALL () {
  MATCH (work:Change)
  WHERE work.planned_ends_at > $since AND work.planned_starts_at < $until
    AND work.approved_at IS NOT NULL AND work.closed_at IS NULL
  RETURN work, work.planned_starts_at AS starts, work.planned_ends_at AS ends
  UNION
  MATCH (work:MaintenanceWindow)
  WHERE work.ends_at > $since AND work.starts_at < $until AND work.closed_at IS NULL
  RETURN work, work.starts_at AS starts, work.ends_at AS ends
}
RETURN properties(work) AS record, starts, ends,
       COLLECT {
         MATCH (work)-[hit:CHANGES|COVERS]->(element:Record)
         RETURN [element.id, coalesce(hit.effect, 'down')] ORDER BY element.id
       } AS effects
ORDER BY starts, work.id LIMIT $limit
