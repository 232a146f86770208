// flow.recipients (read)
// Persons whom a message about a record goes to. Collected.
//
// $record    str        id of the record
// $words     list[str]  roles that follow from the record: case_owner, requester; and watcher
// $roles     list[str]  keys of roles that are held
// $groups    list[str]  keys of groups
// $persons   list[str]  keys of persons
// $services  list[str]  ids of elements and services that it reaches, for those who watch them
// $actor     str        login of who did it, who is not told of it
// $at        str        when they have to hold their roles, UTC
// -> persons  list[map]  {id, key, name, email} of each, once
// -> owner    str        name of who owns the record, or null
//
// seek    record_id account_key role_key group_key person_key
// budget  5 ms
// why     Who is told follows from the graph at the moment of the event.
MATCH (record:Record {id: $record})
CALL (record) {
  MATCH (record)-[:OWNED_BY]->(person:Person)
  WHERE 'case_owner' IN $words
  RETURN person
  UNION
  MATCH (record)-[:OWNED_BY]->(:Group)<-[:BELONGS_TO]-(person:Person)
  WHERE 'case_owner' IN $words
  RETURN person
  UNION
  MATCH (:Account {key: record.requester})-[:ACTS_FOR]->(person:Person)
  WHERE 'requester' IN $words
  RETURN person
  UNION
  UNWIND $roles AS key
  MATCH (:Role {key: key})<-[holds:HOLDS]-(person:Person)
  WHERE holds.starts_at <= $at AND (holds.ends_at IS NULL OR $at < holds.ends_at)
  RETURN person
  UNION
  UNWIND $groups AS key
  MATCH (:Group {key: key})<-[:BELONGS_TO]-(person:Person)
  RETURN person
  UNION
  UNWIND $persons AS key
  MATCH (person:Person {key: key})
  RETURN person
  UNION
  UNWIND $services AS id
  MATCH (:Record {id: id})<-[:WATCHES]-(person:Person)
  WHERE 'watcher' IN $words
  RETURN person
}
WITH DISTINCT record, person
WHERE person IS NULL OR NOT EXISTS { (:Account {key: $actor})-[:ACTS_FOR]->(person) }
WITH record, collect(person {.id, .key, .name, .email}) AS persons
RETURN persons, head(COLLECT { MATCH (record)-[:OWNED_BY]->(owner:Record) RETURN owner.name }) AS owner
