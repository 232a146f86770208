// chm.approval_context (read)
// A change by id or key with the decisions on it, and the roles that an account stands for on it.
//
// $ref    str  id or key of the change
// $actor  str  login of the account that acts
// $at     str  the moment
// -> change     map        its properties
// -> alters     list[map]  {id, key, labels, properties} of the elements it alters: the relation's
// -> approvals  list[map]  properties of the decisions on it
// -> holds      list[str]  words of roles that the account's person holds then: of the process, of the
//                          whole SMS, and over a service that its last assessment reaches
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
         MATCH (change)<-[:DECIDES_ON]-(approval:Approval)
         RETURN properties(approval) ORDER BY approval.id
       } AS approvals,
       COLLECT {
         MATCH (:Account {key: $actor})-[:ACTS_FOR]->(:Person)-[held:HOLDS]->(role:Role)
         WHERE coalesce(held.starts_at, $at) <= $at
           AND (held.ends_at IS NULL OR $at < held.ends_at)
           AND (role.process = 'chm' OR role.word IN ['sms_owner', 'sms_manager'] OR EXISTS {
             MATCH (role)-[:OVER]->(:Service)<-[:REACHES_SERVICE]-(assessment:ChangeAssessment {fingerprint: change.fingerprint})-[:ASSESSES]->(change)
           })
         RETURN DISTINCT role.word AS word ORDER BY word
       } AS holds,
       COLLECT {
         MATCH (:Account {key: $actor})-[:ACTS_FOR]->(:Person)<-[:ACTS_FOR]-(other:Account)
         RETURN other.key
       } AS same
