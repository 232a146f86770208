// pm.problems_solved (read)
// Problems that go on although a change that resolves them was implemented. A row for each.
//
// -> id      str  opaque id
// -> key     str  its key
// -> change  str  key of the last of these changes
// -> done    str  when that was implemented, UTC
//
// seek    problem_status
// budget  20 ms for 10,000 of them
// why     A problem whose cause is gone is resolved, and its known error retired with it (PR10.4).
MATCH (problem:Problem)
WHERE problem.status IN ['registered', 'returned', 'diagnosed', 'known_error']
  AND NOT EXISTS {
    MATCH (problem)<-[:RESOLVES]-(other:Change) WHERE other.closed_at IS NULL AND other.outcome IS NULL
  }
WITH problem, head(COLLECT {
  MATCH (problem)<-[:RESOLVES]-(change:Change)
  WHERE change.outcome = 'successful' AND change.ends_at IS NOT NULL
  RETURN {key: change.key, done: change.ends_at} ORDER BY change.ends_at DESC, change.id LIMIT 1
}) AS last
WHERE last IS NOT NULL
RETURN problem.id AS id, problem.key AS key, last.key AS change, last.done AS done
