// flow.my_steps (read)
// Steps that wait for somebody: they are the one, hold the role, are of the group, or own the record.
// Of a request from before steps had states it is the first one that is not done.
//
// $login  str  login of the account that asks
// $at     str  the moment
// $limit  int  how many
// $going  list[str]  states of a service request that goes on
// -> steps  list[map]  {step, record, kind} of each, properties, the longest open first
// -> total  int        how many there are
//
// seek    case_step_state change_step_state account_key request_status
// budget  50 ms for 1,000 open steps
// allow   CartesianProduct: of one row, who asks, and the open steps
// why     What waits for somebody is a list of theirs (PR9.2, PR12.2).
WITH COLLECT { MATCH (:Account {key: $login})-[:ACTS_FOR]->(person:Person) RETURN person } AS persons,
     COLLECT { MATCH (:Account {key: $login})-[:ACTS_FOR]->(:Person)-[:BELONGS_TO]->(group:Group) RETURN group } AS groups,
     COLLECT {
       MATCH (:Account {key: $login})-[:ACTS_FOR]->(:Person)-[held:HOLDS]->(role:Role)
       WHERE coalesce(held.starts_at, $at) <= $at AND (held.ends_at IS NULL OR $at < held.ends_at)
       RETURN role.key
     } AS holds
CALL () {
  MATCH (step:CaseStep)
  WHERE step.state IN ['open', 'refused']
  MATCH (step)-[:STEP_OF]->(record:ProcessRecord)
  RETURN step, record, 'isrm' AS process
  UNION ALL
  MATCH (record:ServiceRequest)
  WHERE record.status IN $going AND record.steps_total IS NULL
  MATCH (record)<-[:STEP_OF]-(step:CaseStep)
  WHERE step.state IS NULL AND step.done_at IS NULL
    AND NOT EXISTS { MATCH (record)<-[:STEP_OF]-(other:CaseStep) WHERE other.number < step.number AND other.done_at IS NULL }
  RETURN step, record, 'isrm' AS process
  UNION ALL
  MATCH (step:ChangeStep)
  WHERE step.state IN ['open', 'refused']
  MATCH (step)-[:CHANGE_STEP_OF]->(record:ProcessRecord)
  RETURN step, record, 'chm' AS process
}
WITH persons, groups, holds, step, record, process
WHERE record.closed_at IS NULL
WITH step, record, process, persons, groups, holds,
     any(party IN persons + groups WHERE EXISTS { (record)-[:OWNED_BY]->(party) }) AS owns
WITH step, record,
     CASE
       WHEN coalesce(step.group, '') <> '' THEN any(group IN groups WHERE group.key = step.group)
       WHEN coalesce(step.role, '') = '' OR step.role = 'case_owner' THEN owns
       WHEN step.role = 'requester' THEN
         any(person IN persons WHERE EXISTS { (record)-[:REQUESTED_BY]->(person) }) OR record.requester = $login
       ELSE step.role IN holds OR (step.role + '/' + process) IN holds OR any(
         service IN coalesce(record.services, []) + [(record)-[:REQUESTS]->(:Record)-[:OFFERS]->(about:Record) | about.key]
         WHERE (step.role + '/' + service) IN holds)
     END AS mine
WHERE mine
WITH step, record ORDER BY step.created_at, step.id
WITH collect({step: properties(step), record: record.key, title: record.title, kind: labels(record)}) AS found
RETURN found[..$limit] AS steps, size(found) AS total
