// rdm.people_told (read)
// How many persons an action of communication goes to. One row.
//
// $action    str        id of the action
// $services  list[str]  ids of services whose users are told
// $actor     str        login of who performs it, and needs not be told
// -> people  int  persons, each once; of users those who sign in or have an address
//
// seek    record_id account_key
// budget  50 ms for 10,000 persons
// why     How many were told is kept with it (PR13.3).
MATCH (action:Record&CommunicationAction {id: $action})
CALL (action) {
  MATCH (action)-[:ADDRESSED_TO]->(person:Person)
  RETURN person, 0 AS far
  UNION
  MATCH (action)-[:ADDRESSED_TO]->(:Group)<-[:BELONGS_TO]-(person:Person)
  RETURN person, 0 AS far
  UNION
  MATCH (action)-[:ADDRESSED_TO_STAKEHOLDER]->(:Stakeholder)-[:OWNED_BY]->(person:Person)
  RETURN person, 0 AS far
  UNION
  MATCH (action)-[:ADDRESSED_TO_STAKEHOLDER]->(:Stakeholder)-[:OWNED_BY]->(:Group)<-[:BELONGS_TO]-(person:Person)
  RETURN person, 0 AS far
  UNION
  MATCH (action)-[:ADDRESSED_TO_CUSTOMER]->(:Customer)<-[:USER_OF]-(person:Person)
  RETURN person, 1 AS far
  UNION
  UNWIND $services AS id
  MATCH (:Record {id: id})<-[:RECEIVES]-(:Customer)<-[:USER_OF]-(person:Person)
  RETURN person, 1 AS far
}
WITH person, min(far) AS far
WHERE NOT EXISTS { (:Account {key: $actor})-[:ACTS_FOR]->(person) }
  AND (far = 0 OR person.email IS NOT NULL OR EXISTS { (person)<-[:ACTS_FOR]-(:Account) })
RETURN count(person) AS people
