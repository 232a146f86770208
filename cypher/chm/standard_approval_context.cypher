// chm.standard_approval_context (read)
// A standard change by id or key, and what an account may stand for in change management.
//
// $ref    str  id or key of the standard change
// $actor  str  login of the account that acts
// $at     str  the moment
// -> standard  map        its properties
// -> holds     list[str]  words of roles of the process that the account's person holds then
// -> same      list[str]  logins of the other accounts that act for the same person
//
// seek    process_record_key record_id account_key
// budget  3 ms
// why     Who approves what approves by itself is known inside the write (PR12.2, PR12.4).
CALL () {
  MATCH (standard:ProcessRecord {key: $ref})
  WHERE standard:StandardChange
  RETURN standard
  UNION
  MATCH (standard:Record&StandardChange {id: $ref})
  RETURN standard
}
RETURN properties(standard) AS standard,
       COLLECT {
         MATCH (:Account {key: $actor})-[:ACTS_FOR]->(:Person)-[held:HOLDS]->(role:Role {process: 'chm'})
         WHERE coalesce(held.starts_at, $at) <= $at
           AND (held.ends_at IS NULL OR $at < held.ends_at)
         RETURN DISTINCT role.word AS word ORDER BY word
       } AS holds,
       COLLECT {
         MATCH (:Account {key: $actor})-[:ACTS_FOR]->(:Person)<-[:ACTS_FOR]-(other:Account)
         RETURN other.key
       } AS same
