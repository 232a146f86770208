// chm.cab_context (read)
// Changes that wait for approval with their stakeholders, and the members of the board. One row.
//
// $refs  list[str]  ids or keys of changes; none: all that wait
// $at    str        the moment
// -> waiting  list[map]  {change, stakeholders}: its properties; ids of persons and groups
// -> members  list[str]  ids of persons who hold the role of a CAB member then
//
// seek    change_status account_key
// budget  20 ms for a hundred changes
// why     The board is made of the stakeholders of what waits (PR12.4).
RETURN COLLECT {
         MATCH (change:Change {status: 'assessed'})
         WHERE size($refs) = 0 OR change.key IN $refs OR change.id IN $refs
         RETURN {
           change: properties(change),
           stakeholders: COLLECT {
             MATCH (change)-[:OWNED_BY]->(party:Person|Group) RETURN party.id
             UNION
             MATCH (change)-[:CHANGES]->(:Element)-[:OWNED_BY]->(party:Person|Group) RETURN party.id
             UNION
             MATCH (change)<-[:ASSESSES]-(:ChangeAssessment {fingerprint: change.fingerprint})-[:REACHES_SERVICE]->(:Service)-[:OWNED_BY]->(party:Person|Group)
             RETURN party.id
             UNION
             MATCH (:Account {key: change.requester})-[:ACTS_FOR]->(party:Person) RETURN party.id
           }
         }
         ORDER BY change.id LIMIT 200
       } AS waiting,
       COLLECT {
         MATCH (role:Role {word: 'cab_member'})<-[held:HOLDS]-(person:Person)
         WHERE coalesce(held.starts_at, $at) <= $at AND (held.ends_at IS NULL OR $at < held.ends_at)
         RETURN DISTINCT person.id AS id ORDER BY id
       } AS members
