// pm.open_problems (read)
// Problems in some states that can be escalated further, those that are due first.
//
// $states  list[str]  states of problems
// $steps   int        of the escalation path: what was escalated so often is left out
// $limit   int        how many at most
// -> record  map  its properties
//
// seek    -
// budget  50 ms for a thousand
// why     What is due follows from when each was registered and is to be resolved (PR10.2).
MATCH (problem:Problem)
WHERE problem.status IN $states AND problem.due_at IS NOT NULL AND coalesce(problem.escalation_level, 0) < $steps
RETURN properties(problem) AS record
ORDER BY problem.due_at, problem.id LIMIT $limit
