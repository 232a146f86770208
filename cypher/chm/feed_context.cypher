// chm.feed_context (read)
// What a feed can be of: a live service, a person or group, or a role, by id or key. One row.
//
// $place  str  id or key; empty: nothing is meant
// -> service  map  {id, key, name}; null where there is none
// -> party    map  likewise
// -> role     map  likewise
//
// seek    element_key record_id person_key group_key role_key
// budget  2 ms
// why     A feed is of something that is there (PR12.6).
RETURN head(COLLECT {
         CALL () {
           MATCH (service:Element {key: $place}) WHERE service:Service RETURN service
           UNION
           MATCH (service:Record&Service {id: $place}) RETURN service
         }
         RETURN service {.id, .key, .name}
       }) AS service,
       head(COLLECT {
         CALL () {
           MATCH (party:Person {key: $place}) RETURN party
           UNION
           MATCH (party:Group {key: $place}) RETURN party
           UNION
           MATCH (party:Record {id: $place}) WHERE party:Person OR party:Group RETURN party
         }
         RETURN party {.id, .key, .name}
       }) AS party,
       head(COLLECT {
         CALL () {
           MATCH (role:Role {key: $place}) RETURN role
           UNION
           MATCH (role:Record&Role {id: $place}) RETURN role
         }
         RETURN role {.id, .key, .name}
       }) AS role
