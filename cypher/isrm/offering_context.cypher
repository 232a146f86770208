// isrm.offering_context (read)
// An offering of requests by id or key with its service, and a person by id or key.
//
// $ref        str  id or key of the offering
// $requester  str  id or key of a person; empty: nobody is meant
// -> offering  map        its properties
// -> service   str        key of its service
// -> persons   list[str]  ids of the person
//
// seek    process_record_key record_id person_key
// budget  3 ms
// why     One read before one write.
CALL () {
  MATCH (offering:ProcessRecord {key: $ref})
  WHERE offering:RequestOffering
  RETURN offering
  UNION
  MATCH (offering:Record&RequestOffering {id: $ref})
  RETURN offering
}
RETURN properties(offering) AS offering,
       head([(offering)-[:OFFERS]->(service:Record) | service.key]) AS service,
       COLLECT {
         CALL () {
           MATCH (person:Person {key: $requester}) RETURN person
           UNION
           MATCH (person:Record&Person {id: $requester}) RETURN person
         }
         RETURN person.id
       } AS persons
