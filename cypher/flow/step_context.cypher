// flow.step_context (read)
// A record of a process by id or key with its steps, and what an account may stand for.
//
// $ref    str  id or key
// $actor  str  login of the account that acts
// $at     str  the moment
// -> record      map        its properties
// -> labels      list[str]  its labels
// -> steps       list[map]  properties of its steps, in order
// -> raised      list[str]  keys of the changes that were raised from it
// -> services    list[str]  keys of the services that it reaches, or is about
// -> owners      list[str]  ids of the persons and groups that answer for it
// -> requesters  list[str]  ids of the persons who ask for it
// -> registered  str        login of who registered it; null: it is not known
// -> parties     list[str]  ids of the account's person and of the groups that they belong to
// -> groups      list[str]  keys of those groups
// -> holds       list[str]  keys of the roles that the person holds then
// -> same        list[str]  logins of the other accounts that act for the same person
//
// seek    process_record_key record_id account_key ledger_entry_seq
// budget  3 ms
// why     Who takes a step, and who may not, is known inside the write (PR9.2, PR12.2).
CALL () {
  MATCH (record:ProcessRecord {key: $ref})
  RETURN record
  UNION
  MATCH (record:Record&ProcessRecord {id: $ref})
  RETURN record
}
RETURN properties(record) AS record, labels(record) AS labels,
       COLLECT {
         MATCH (record)<-[:STEP_OF|CHANGE_STEP_OF]-(step:Step)
         RETURN properties(step) ORDER BY step.number
       } AS steps,
       [(record)<-[:RAISED_FROM]-(change:Record) | change.key] AS raised,
       COLLECT {
         UNWIND coalesce(record.services, []) + [(record)-[:REQUESTS]->(:Record)-[:OFFERS]->(about:Record) | about.key] AS service
         RETURN DISTINCT service
       } AS services,
       [(record)-[:OWNED_BY]->(owner:Record) | owner.id] AS owners,
       [(record)-[:REQUESTED_BY]->(person:Record) | person.id] AS requesters,
       head(COLLECT { MATCH (entry:LedgerEntry {seq: record.created}) RETURN entry.actor }) AS registered,
       COLLECT {
         MATCH (:Account {key: $actor})-[:ACTS_FOR]->(person:Person)
         CALL (person) {
           RETURN person AS party
           UNION
           MATCH (person)-[:BELONGS_TO]->(party:Group)
           RETURN party
         }
         RETURN party.id
       } AS parties,
       COLLECT {
         MATCH (:Account {key: $actor})-[:ACTS_FOR]->(:Person)-[:BELONGS_TO]->(group:Group)
         RETURN group.key
       } AS groups,
       COLLECT {
         MATCH (:Account {key: $actor})-[:ACTS_FOR]->(:Person)-[held:HOLDS]->(role:Role)
         WHERE coalesce(held.starts_at, $at) <= $at
           AND (held.ends_at IS NULL OR $at < held.ends_at)
         RETURN DISTINCT role.key
       } AS holds,
       COLLECT {
         MATCH (:Account {key: $actor})-[:ACTS_FOR]->(:Person)<-[:ACTS_FOR]-(other:Account)
         RETURN other.key
       } AS same
