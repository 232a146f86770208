// flow.escalation_context (read)
// Who answers for a record and for what it affects, and who holds some roles.
//
// $id       str        the record
// $parties  list[str]  ids or keys of persons and groups
// $roles    list[str]  keys of roles
// $at       str        when they are held, in the stored form
// -> former   list[map]  {id, key, properties} of who answers for it: the relation's
// -> owners   list[map]  {id, key, element} of who owns what it affects or investigates, the hardest hit first
// -> parties  list[map]  {ref, id, key, is_person}
// -> holders  list[map]  {role, id, key}
//
// seek    record_id person_key group_key role_key
// budget  5 ms
// why     Whom a record goes to is found in the graph (PR9.3).
MATCH (case:Record {id: $id})
RETURN COLLECT {
         MATCH (case)-[owned:OWNED_BY]->(owner:Record)
         RETURN {id: owner.id, key: owner.key, properties: properties(owned)}
       } AS former,
       COLLECT {
         CALL (case) {
           MATCH (case)-[hit:AFFECTS]->(element:Element)-[:OWNED_BY]->(owner:Record)
           RETURN hit.effect AS effect, element, owner
           UNION
           MATCH (case)-[:REQUESTS]->(:Record)-[:OFFERS]->(element:Element)-[:OWNED_BY]->(owner:Record)
           RETURN 'down' AS effect, element, owner
           UNION
           MATCH (case)-[:INVESTIGATES]->(element:Element)-[:OWNED_BY]->(owner:Record)
           RETURN 'down' AS effect, element, owner
         }
         WITH element, owner, CASE effect WHEN 'down' THEN 0 WHEN 'degraded' THEN 1 ELSE 2 END AS place
         ORDER BY place, element.id
         RETURN {id: owner.id, key: owner.key, element: element.key}
       } AS owners,
       COLLECT {
         UNWIND $parties AS ref
         CALL (ref) {
           MATCH (party:Person {key: ref}) RETURN party
           UNION
           MATCH (party:Group {key: ref}) RETURN party
           UNION
           MATCH (party:Record {id: ref}) WHERE party:Person OR party:Group RETURN party
         }
         RETURN {ref: ref, id: party.id, key: party.key, is_person: party:Person}
       } AS parties,
       COLLECT {
         UNWIND $roles AS key
         MATCH (role:Role {key: key})<-[held:HOLDS]-(person:Person)
         WHERE held.starts_at <= $at AND (held.ends_at IS NULL OR held.ends_at > $at)
         RETURN {role: key, id: person.id, key: person.key}
       } AS holders
