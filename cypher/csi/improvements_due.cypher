// csi.improvements_due (read)
// Improvements that are not implemented in time, and actions that are not done in time. A row for each.
//
// $at  str  the moment, UTC
// -> id      str   opaque id
// -> key     str   its key
// -> due     str   since when, UTC
// -> action  bool  it is an action
//
// seek    -
// budget  20 ms for 10,000 of them
// why     What is late is to be seen by whoever promised it (PR14.3).
CALL () {
  MATCH (late:Improvement)
  WHERE late.closed_at IS NULL AND late.implemented_at IS NULL AND late.due_at <= $at
  RETURN late, false AS action
  UNION
  MATCH (late:ImprovementAction)
  WHERE late.closed_at IS NULL AND late.due_at <= $at
  RETURN late, true AS action
}
RETURN late.id AS id, late.key AS key, late.due_at AS due, action
