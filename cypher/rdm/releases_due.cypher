// rdm.releases_due (read)
// Releases whose review is due, and what people were to be told or taught and were not. A row for each.
// What they were to be told is of a release, or of a plan of communication that holds.
//
// $at  str  the moment, UTC
// -> id    str  opaque id
// -> key   str  its key
// -> due   str  since when, UTC
// -> what  str  release, communication, plan or training
// -> of    str  key of the release, or of the plan
//
// seek    release_review_due_at communication_due_at training_due_at
// budget  20 ms for 10,000 of them
// why     What is promised to users and staff is seen to by whoever promised it (PR13.3, PR13.6).
CALL () {
  MATCH (late:Release)
  WHERE late.review_due_at <= $at AND late.closed_at IS NULL
  RETURN late, late.review_due_at AS due, 'release' AS what, late.key AS of
  UNION ALL
  MATCH (late:CommunicationAction)
  WHERE late.due_at <= $at AND late.status = 'planned'
  MATCH (late)-[:TELLS_OF]->(release:Release) WHERE release.closed_at IS NULL
  RETURN late, late.due_at AS due, 'communication' AS what, release.key AS of
  UNION ALL
  MATCH (late:CommunicationAction)
  WHERE late.due_at <= $at AND late.status = 'planned'
  MATCH (late)-[:PLANNED_IN]->(plan:ManagementDocument) WHERE plan.closed_at IS NULL
  RETURN late, late.due_at AS due, 'plan' AS what, plan.key AS of
  UNION ALL
  MATCH (late:TrainingRecord)
  WHERE late.due_at <= $at AND late.status = 'planned'
  MATCH (late)-[:TRAINS_FOR]->(release:Release) WHERE release.closed_at IS NULL
  RETURN late, late.due_at AS due, 'training' AS what, release.key AS of
}
RETURN late.id AS id, late.key AS key, due, what, of
