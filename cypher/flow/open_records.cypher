// flow.open_records (read)
// Records with a day by which they are due that can be escalated further, of each kind the first due.
//
// $states  map  states in which each kind of record is looked at
// $steps   map  of the escalation path of each kind: what was escalated so often is left out
// $limit   int  how many of a kind at most
// -> record  map        its properties
// -> labels  list[str]  its labels
//
// seek    change_status release_status
// budget  50 ms for a thousand
// why     What is due follows from when each was registered and is to be done (PR9.3).
CALL () {
  MATCH (record:Problem)
  WHERE record.status IN $states.Problem AND record.due_at IS NOT NULL
    AND coalesce(record.escalation_level, 0) < $steps.Problem
  RETURN record, record.due_at AS due ORDER BY due, record.id LIMIT $limit
  UNION ALL
  MATCH (record:Change)
  WHERE record.status IN $states.Change AND record.planned_ends_at IS NOT NULL
    AND coalesce(record.escalation_level, 0) < $steps.Change
  RETURN record, record.planned_ends_at AS due ORDER BY due, record.id LIMIT $limit
  UNION ALL
  MATCH (record:Release)
  WHERE record.status IN $states.Release AND record.planned_ends_at IS NOT NULL
    AND coalesce(record.escalation_level, 0) < $steps.Release
  RETURN record, record.planned_ends_at AS due ORDER BY due, record.id LIMIT $limit
  UNION ALL
  MATCH (record:Improvement)
  WHERE record.status IN $states.Improvement AND record.due_at IS NOT NULL
    AND coalesce(record.escalation_level, 0) < $steps.Improvement
  RETURN record, record.due_at AS due ORDER BY due, record.id LIMIT $limit
}
RETURN properties(record) AS record, labels(record) AS labels
ORDER BY due, record.id
