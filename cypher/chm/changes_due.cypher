// chm.changes_due (read)
// Changes whose review is due, and tasks of changes that are not done in time. A row for each.
//
// $at  str  the moment, UTC
// -> id    str   opaque id
// -> key   str   its key
// -> due   str   since when, UTC
// -> of    str   key of the change that it is a task of; null: it is a change
//
// seek    -
// budget  20 ms for 20,000 of them
// why     What nobody looks at afterwards teaches nobody, and what is late holds up others (PR12.2, PR12.5).
CALL () {
  MATCH (late:Change)
  WHERE late.review_due_at <= $at AND late.closed_at IS NULL
  RETURN late, late.review_due_at AS due, null AS of
  UNION ALL
  MATCH (late:ChangeTask)-[:TASK_OF]->(change:Change)
  WHERE late.due_at <= $at AND late.closed_at IS NULL AND change.closed_at IS NULL
  RETURN late, late.due_at AS due, change.key AS of
}
RETURN late.id AS id, late.key AS key, due, of
