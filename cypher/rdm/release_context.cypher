// rdm.release_context (read)
// A release by id or key, or by one of its waves, with all that hangs together with it.
//
// $ref    str  id or key of the release, or of a wave of it
// $actor  str  login of the account that acts
// $at     str  the moment
// -> release   map        its properties
// -> changes   list[map]  {change, contains, alters, tasks, back_out, standard, reviews, steps} of those it contains
// -> waves     list[map]  {wave, deploys} of its waves that were not given up; deploys are [element id, effect]
// -> criteria  list[map]  properties of its criteria
// -> tests     list[map]  properties of results of tests, with of_wave: id of the wave, or null: the build was tested
// -> telling   list[map]  properties of actions of communication that were not given up
// -> training  list[map]  properties of training that was not given up
// -> reviews   list[map]  properties of reviews of it or of its waves
// -> holds     list[str]  words of roles that the account's person holds then, over the process or the system
// -> same      list[str]  logins of the other accounts that act for the same person
// -> isrm      list[str]  keys of roles of ISRM that somebody held when its outcome was known, or holds then
//
// seek    process_record_key record_id account_key role_key
// budget  20 ms for 50 changes
// why     One read before one write.
CALL () {
  MATCH (one:ProcessRecord {key: $ref})
  RETURN one
  UNION
  MATCH (one:Record&ProcessRecord {id: $ref})
  RETURN one
}
CALL (one) {
  WITH one WHERE one:Release
  RETURN one AS release
  UNION
  MATCH (one)-[:WAVE_OF]->(release:Release)
  RETURN release
}
RETURN properties(release) AS release,
       COLLECT {
         MATCH (release)-[contains:CONTAINS]->(change:Record)
         WITH change, contains ORDER BY change.id
         RETURN {
           change: properties(change),
           contains: properties(contains),
           alters: COLLECT {
             MATCH (change)-[alters:CHANGES]->(element:Record)
             RETURN {id: element.id, key: element.key, labels: labels(element), properties: properties(alters)}
             ORDER BY element.id
           },
           tasks: [(change)<-[:TASK_OF]-(task:ChangeTask) | properties(task)],
           back_out: head([(change)<-[:BACKS_OUT]-(plan:BackOutPlan) | properties(plan)]),
           standard: head([(change)-[:FOLLOWS_STANDARD]->(model:StandardChange) | properties(model)]),
           reviews: [(change)<-[:REVIEWS]-(review:PostImplementationReview) | properties(review)],
           steps: COLLECT {
             MATCH (change)<-[:CHANGE_STEP_OF]-(step:ChangeStep)
             RETURN properties(step) ORDER BY step.number
           }
         }
       } AS changes,
       COLLECT {
         MATCH (release)<-[:WAVE_OF]-(wave:Deployment)
         WHERE wave.status <> 'cancelled'
         WITH wave ORDER BY wave.wave, wave.id
         RETURN {wave: properties(wave),
                 deploys: [(wave)-[deploys:DEPLOYS]->(element:Record) | [element.id, deploys.effect]]}
       } AS waves,
       COLLECT {
         MATCH (release)<-[:CRITERION_OF]-(criterion:AcceptanceCriterion)
         RETURN properties(criterion) ORDER BY criterion.id
       } AS criteria,
       COLLECT {
         MATCH (release)<-[:TEST_OF]-(result:TestResult)
         RETURN result {.*, of_wave: head([(result)-[:TESTS_WAVE]->(wave:Deployment) | wave.id])}
         ORDER BY result.id
       } AS tests,
       COLLECT {
         MATCH (release)<-[:TELLS_OF]-(action:CommunicationAction)
         WHERE action.status <> 'cancelled'
         RETURN properties(action) ORDER BY action.id
       } AS telling,
       COLLECT {
         MATCH (release)<-[:TRAINS_FOR]-(course:TrainingRecord)
         WHERE course.status <> 'cancelled'
         RETURN properties(course) ORDER BY course.id
       } AS training,
       COLLECT {
         MATCH (release)<-[:EVALUATES]-(review:DeploymentReview)
         RETURN properties(review) ORDER BY review.id
       } AS reviews,
       COLLECT {
         MATCH (:Account {key: $actor})-[:ACTS_FOR]->(:Person)-[held:HOLDS]->(role:Role)
         WHERE coalesce(held.starts_at, $at) <= $at
           AND (held.ends_at IS NULL OR $at < held.ends_at)
           AND (role.process = 'rdm' OR role.word IN ['sms_owner', 'sms_manager'])
         RETURN DISTINCT role.word AS word ORDER BY word
       } AS holds,
       COLLECT {
         MATCH (:Account {key: $actor})-[:ACTS_FOR]->(:Person)<-[:ACTS_FOR]-(other:Account)
         RETURN other.key
       } AS same,
       COLLECT {
         UNWIND ['process_owner/isrm', 'process_manager/isrm', 'process_staff/isrm', 'major_incident_coordinator/isrm'] AS key
         MATCH (role:Role {key: key})<-[held:HOLDS]-(:Person)
         WHERE held.starts_at <= coalesce(release.deployed_at, $at)
           AND (held.ends_at IS NULL OR coalesce(release.deployed_at, $at) < held.ends_at)
         RETURN DISTINCT role.key
       } AS isrm
