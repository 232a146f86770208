// chm.approval_context (read)
// A change by id or key with the decisions on it, and the roles that an account stands for on it.
//
// $ref    str  id or key of the change
// $actor  str  login of the account that acts
// $at     str  the moment
// -> change     map        its properties
// -> alters     list[map]  {id, key, labels, properties} of the elements it alters: the relation's
// -> steps      list[map]  properties of its steps, in order
// -> variants   list[map]  properties of its variants that are not decided on
// -> approvals  list[map]  properties of the decisions on it
// -> standing   list[map]  {key, logins, delegated, holds, types, owns} of the account's person, and of those who delegated
//                          their votes to that then and did not ask for the change: logins of all accounts
//                          that act for them; words of roles held then
//                          of the process, of the whole SMS, and over services that its last assessment
//                          reaches; whether they are the process manager of CONFM; keys of these services
// -> owned      list[str]  keys of services that it reaches and that others than its requester own then
// -> planned_types  bool   whether who planned its difference last is the process manager of CONFM then
// -> same       list[str]  logins of all accounts that act for the same person as the account
//
// seek    change_key record_id account_key
// budget  5 ms
// why     Who decides is known inside the write, and nobody decides on what they asked for (PR12.4).
CALL () {
  MATCH (change:Change {key: $ref})
  RETURN change
  UNION
  MATCH (change:Record&Change {id: $ref})
  RETURN change
}
RETURN properties(change) AS change,
       COLLECT {
         MATCH (change)-[alters:CHANGES]->(element:Record)
         RETURN {id: element.id, key: element.key, labels: labels(element), properties: properties(alters)}
         ORDER BY element.id
       } AS alters,
       COLLECT {
         MATCH (change)<-[:CHANGE_STEP_OF]-(step:ChangeStep)
         RETURN properties(step) ORDER BY step.number
       } AS steps,
       COLLECT {
         MATCH (change)<-[:VARIANT_OF]-(variant:ChangeVariant)
         WHERE variant.closed_at IS NULL
         RETURN properties(variant) ORDER BY variant.id
       } AS variants,
       COLLECT {
         MATCH (change)<-[:DECIDES_ON]-(approval:Approval)
         RETURN properties(approval) ORDER BY approval.id
       } AS approvals,
       COLLECT {
         CALL (change) {
           MATCH (:Account {key: $actor})-[:ACTS_FOR]->(person:Person)
           RETURN person, false AS delegated
           UNION
           MATCH (:Account {key: $actor})-[:ACTS_FOR]->(:Person)<-[given:DELEGATES_TO]-(person:Person)
           WHERE given.starts_at <= $at AND $at < given.ends_at
             AND NOT EXISTS { MATCH (person)<-[:ACTS_FOR]-(:Account {key: change.requester}) }
           RETURN person, true AS delegated
         }
         RETURN {
           key: person.key,
           delegated: delegated,
           logins: COLLECT { MATCH (person)<-[:ACTS_FOR]-(account:Account) RETURN account.key },
           holds: COLLECT {
             MATCH (person)-[held:HOLDS]->(role:Role)
             WHERE coalesce(held.starts_at, $at) <= $at
               AND (held.ends_at IS NULL OR $at < held.ends_at)
               AND (role.process = 'chm' OR role.word IN ['sms_owner', 'sms_manager'] OR EXISTS {
                 MATCH (role)-[:OVER]->(:Service)<-[:REACHES_SERVICE]-(assessment:ChangeAssessment {fingerprint: change.fingerprint})-[:ASSESSES]->(change)
               })
             RETURN DISTINCT role.word AS word ORDER BY word
           },
           types: EXISTS {
             MATCH (person)-[held:HOLDS]->(:Role {word: 'process_manager', process: 'confm'})
             WHERE coalesce(held.starts_at, $at) <= $at AND (held.ends_at IS NULL OR $at < held.ends_at)
           },
           owns: COLLECT {
             MATCH (person)-[held:HOLDS]->(role:Role {word: 'service_owner'})-[:OVER]->(service:Service)
             WHERE coalesce(held.starts_at, $at) <= $at
               AND (held.ends_at IS NULL OR $at < held.ends_at)
               AND EXISTS {
                 MATCH (service)<-[:REACHES_SERVICE]-(assessment:ChangeAssessment {fingerprint: change.fingerprint})-[:ASSESSES]->(change)
               }
             RETURN DISTINCT service.key AS key ORDER BY key
           }
         }
         ORDER BY delegated, person.key
       } AS standing,
       COLLECT {
         MATCH (change)<-[:ASSESSES]-(:ChangeAssessment {fingerprint: change.fingerprint})-[:REACHES_SERVICE]->(service:Service)
         WHERE EXISTS {
           MATCH (service)<-[:OVER]-(:Role {word: 'service_owner'})<-[held:HOLDS]-(owner:Person)
           WHERE coalesce(held.starts_at, $at) <= $at AND (held.ends_at IS NULL OR $at < held.ends_at)
             AND NOT EXISTS { MATCH (owner)<-[:ACTS_FOR]-(:Account {key: change.requester}) }
         }
         RETURN DISTINCT service.key AS key ORDER BY key
       } AS owned,
       EXISTS {
         MATCH (:Account {key: change.difference_by})-[:ACTS_FOR]->(:Person)-[held:HOLDS]->(:Role {word: 'process_manager', process: 'confm'})
         WHERE coalesce(held.starts_at, $at) <= $at AND (held.ends_at IS NULL OR $at < held.ends_at)
       } AS planned_types,
       COLLECT {
         MATCH (:Account {key: $actor})-[:ACTS_FOR]->(:Person)<-[:ACTS_FOR]-(other:Account)
         RETURN other.key
       } AS same
