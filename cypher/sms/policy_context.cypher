// sms.policy_context (read)
// A version of a policy with its owners, what is in force, and who and what a verb names. One row.
//
// $ref      str        id or key of the version; null: none yet
// $kind     str        kind of the version to be drafted; null: of the one that is named
// $called   str        its name; null likewise
// $owner    str        id or key of a person or group; null: nobody is named
// $parties  list[str]  keys of persons, groups and customers; null: those that the version names
// $actor    str        login of the account that acts
// -> policy      map              the version's properties, or null
// -> owners      list[list[any]]  [owner id, properties of ANSWERS_FOR] of the version
// -> last        int              number of the last version of the kind and name; 0: none
// -> last_owner  str              id of who answers for that one, or null
// -> in_force    list[map]        properties of every approved version
// -> owner       str              id of the person or group named, or null
// -> parties     list[list[any]]  [key, kinds of what is called so, how many are in a group; 1 for others]
// -> account     str              id of the account that acts, or null
// -> same        list[str]        logins of all accounts that act for the same person as it
//
// seek    policy_key record_id policy_kind_name policy_status person_key group_key customer_key account_key
// budget  5 ms for 100 in force
// why     One read before one write.
// allow   CartesianProduct: of single rows, one for each thing that is looked up
CALL () {
  OPTIONAL MATCH (byKey:Policy {key: $ref})
  OPTIONAL MATCH (byId:Record&Policy {id: $ref})
  RETURN coalesce(byKey, byId) AS policy
}
CALL (policy) {
  OPTIONAL MATCH (version:Policy {kind: coalesce($kind, policy.kind), name: coalesce($called, policy.name)})
  WITH version ORDER BY version.number DESC LIMIT 1
  OPTIONAL MATCH (answering:Record)-[:ANSWERS_FOR]->(version)
  RETURN coalesce(version.number, 0) AS last, head(collect(answering.id)) AS last_owner
}
CALL () {
  OPTIONAL MATCH (person:Person {key: $owner})
  OPTIONAL MATCH (group:Group {key: $owner})
  OPTIONAL MATCH (byId:Record {id: $owner}) WHERE byId:Person OR byId:Group
  RETURN coalesce(person, group, byId).id AS owner
}
CALL () {
  OPTIONAL MATCH (account:Account {key: $actor})
  RETURN account.id AS account
}
RETURN properties(policy) AS policy,
       COLLECT {
         MATCH (former:Record)-[answers:ANSWERS_FOR]->(policy)
         RETURN [former.id, properties(answers)]
       } AS owners,
       last, last_owner,
       COLLECT {
         MATCH (approved:Policy {status: 'approved'})
         RETURN properties(approved) ORDER BY approved.key
       } AS in_force,
       owner,
       COLLECT {
         UNWIND coalesce($parties, policy.parties, []) AS key
         OPTIONAL MATCH (person:Person {key: key})
         OPTIONAL MATCH (group:Group {key: key})
         OPTIONAL MATCH (customer:Customer {key: key})
         RETURN [key,
                 [each IN [[person, 'Person'], [group, 'Group'], [customer, 'Customer']]
                  WHERE each[0] IS NOT NULL | each[1]],
                 CASE WHEN person IS NULL AND customer IS NULL
                      THEN COUNT { (group)<-[:BELONGS_TO]-(:Person) } ELSE 1 END]
       } AS parties,
       account,
       COLLECT {
         MATCH (:Account {key: $actor})-[:ACTS_FOR]->(:Person)<-[:ACTS_FOR]-(other:Account)
         RETURN other.key
       } AS same
