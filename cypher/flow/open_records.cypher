// flow.open_records (read)
// Records with a day by which they are due of which a step of escalation is due, the earliest first.
//
// $states  map  states in which each kind of record is looked at
// $shares  map  of each kind the steps of its path: shares of the time until that day
// $now     int  milliseconds since 1970, rounded up
// $limit   int  how many at most
// -> record  map        its properties
// -> labels  list[str]  its labels
//
// seek    problem_status change_status release_status improvement_status
// budget  50 ms for a thousand
// why     What is due follows from when each was registered and is to be done (PR9.3). It is chosen
//         here, so that those of which nothing is due keep none out.
CALL () {
  MATCH (record:Problem)
  WHERE record.status IN $states.Problem AND record.due_at IS NOT NULL
  RETURN record, record.due_at AS due, $shares.Problem AS shares
  UNION ALL
  MATCH (record:Change)
  WHERE record.status IN $states.Change AND record.planned_ends_at IS NOT NULL
  RETURN record, record.planned_ends_at AS due, $shares.Change AS shares
  UNION ALL
  MATCH (record:Release)
  WHERE record.status IN $states.Release AND record.planned_ends_at IS NOT NULL
  RETURN record, record.planned_ends_at AS due, $shares.Release AS shares
  UNION ALL
  MATCH (record:Improvement)
  WHERE record.status IN $states.Improvement AND record.due_at IS NOT NULL
  RETURN record, record.due_at AS due, $shares.Improvement AS shares
}
WITH record, shares[coalesce(record.escalation_level, 0)] AS share,
     datetime(record.created_at).epochMillis AS begun, datetime(due).epochMillis AS ends
WHERE share IS NOT NULL
WITH record, begun + share * CASE WHEN ends > begun THEN ends - begun ELSE 0 END AS moment
WHERE moment <= $now
WITH record, moment ORDER BY moment, record.id LIMIT $limit
RETURN properties(record) AS record, labels(record) AS labels
ORDER BY moment, record.id
