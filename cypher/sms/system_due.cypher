// sms.system_due (read)
// What of the records of the management system fell due. A row for each.
//
// $at      str  the moment, UTC
// $before  str  when policies were approved or looked at last that are to be looked at now, UTC
// -> matter   str  what fell due
// -> id       str  id of the record; of a policy too
// -> key      str  its key
// -> due      str  since when, UTC; of a policy: when it was approved or looked at last
// -> process  str  the process that it belongs to; empty: the system, or as the policy says
// -> kind     str  kind of a policy, or null
// -> name     str  its name, or null
// -> service  str  key of the service that it describes or speaks of, or null
//
// seek    management_document_next_review_at stakeholder_next_review_at review_due_at goal_due_at policy_status
// budget  20 ms for a thousand policies
// why     What the system is run by is looked at in time, and somebody is told where it is not (GR2.4).
CALL () {
  MATCH (it:ManagementDocument)
  WHERE it.next_review_at <= $at AND it.closed_at IS NULL
  RETURN 'document_review' AS matter, it, it.next_review_at AS due, it.of_process AS process
  UNION
  MATCH (it:Stakeholder)
  WHERE it.next_review_at <= $at AND it.closed_at IS NULL
  RETURN 'stakeholder_review' AS matter, it, it.next_review_at AS due, '' AS process
  UNION
  MATCH (it:Review)
  WHERE it.due_at <= $at AND it.closed_at IS NULL
  RETURN 'review' AS matter, it, it.due_at AS due, it.of_process AS process
  UNION
  MATCH (it:Nonconformity)
  WHERE it.due_at <= $at AND it.corrected_at IS NULL AND it.closed_at IS NULL
  RETURN 'nonconformity' AS matter, it, it.due_at AS due, it.of_process AS process
  UNION
  MATCH (it:Complaint)
  WHERE it.due_at <= $at AND it.answered_at IS NULL AND it.closed_at IS NULL
  RETURN 'complaint' AS matter, it, it.due_at AS due, '' AS process
  UNION
  MATCH (it:Goal)
  WHERE it.due_at <= $at AND it.closed_at IS NULL
  RETURN 'goal' AS matter, it, it.due_at AS due, it.of_process AS process
  UNION
  MATCH (it:Policy {status: 'approved'})
  WHERE coalesce(it.reviewed_at, it.approved_at) <= $before
  RETURN 'policy_review' AS matter, it, coalesce(it.reviewed_at, it.approved_at) AS due, '' AS process
}
RETURN matter, it.id AS id, it.key AS key, due, process, it.kind AS kind, it.name AS name,
       head(COLLECT { MATCH (it)-[:DESCRIBES|SPEAKS_OF]->(service:Service) RETURN service.key LIMIT 1 }) AS service
