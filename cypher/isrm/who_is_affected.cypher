// isrm.who_is_affected (read)
// Who receives some services, and who answers for them.
//
// $services  list[str]  ids of services
// $at        str        when roles are held, in the stored form
// -> id         str        the service
// -> customers  list[map]  {id, key, name, userCount}
// -> owners     list[map]  {id, key, name, kind} of its owner, and of who holds the role over it
//
// seek    record_id
// budget  5 ms for a hundred
// why     Who is told of a record's progress is computed (PR9.4).
UNWIND $services AS id
MATCH (service:Record&Service {id: id})
RETURN service.id AS id,
       COLLECT {
         MATCH (service)<-[:RECEIVES]-(customer:Customer)
         RETURN {id: customer.id, key: customer.key, name: customer.name, userCount: customer.user_count}
         ORDER BY customer.key
       } AS customers,
       COLLECT {
         CALL (service) {
           MATCH (service)-[:OWNED_BY]->(owner:Record)
           RETURN owner
           UNION
           MATCH (service)<-[:OVER]-(:Role {word: 'service_owner'})<-[held:HOLDS]-(owner:Record)
           WHERE held.starts_at <= $at AND (held.ends_at IS NULL OR held.ends_at > $at)
           RETURN owner
         }
         RETURN {id: owner.id, key: owner.key, name: owner.name, kind: CASE WHEN owner:Group THEN 'Group' ELSE 'Person' END}
         ORDER BY owner.key
       } AS owners
