// flow.recipients (read)
// Persons whom messages about records go to. One row for each that goes to somebody.
//
// $asked  list[map]  {number, record, words, roles, groups, persons, services, actor, at} of each:
//                    id of the record; roles that follow from it (case_owner, requester) and watcher;
//                    keys of roles that are held, of groups and of persons; ids of elements and
//                    services that it reaches; login of who did it; when roles have to be held
// -> number   int        of the asked
// -> persons  list[map]  {id, key, name, email} of each, once; not of who did it
// -> owner    str        name of who owns the record, or null
//
// seek    record_id account_key role_key group_key person_key
// budget  5 ms for one, 100 ms for a hundred
// why     Who is told follows from the graph at the moment of the event.
UNWIND $asked AS asked
MATCH (record:Record {id: asked.record})
CALL (record, asked) {
  MATCH (record)-[:OWNED_BY]->(person:Person)
  WHERE 'case_owner' IN asked.words
  RETURN person
  UNION
  MATCH (record)-[:OWNED_BY]->(:Group)<-[:BELONGS_TO]-(person:Person)
  WHERE 'case_owner' IN asked.words
  RETURN person
  UNION
  MATCH (:Account {key: record.requester})-[:ACTS_FOR]->(person:Person)
  WHERE 'requester' IN asked.words
  RETURN person
  UNION
  UNWIND asked.roles AS key
  MATCH (:Role {key: key})<-[holds:HOLDS]-(person:Person)
  WHERE holds.starts_at <= asked.at AND (holds.ends_at IS NULL OR asked.at < holds.ends_at)
  RETURN person
  UNION
  UNWIND asked.groups AS key
  MATCH (:Group {key: key})<-[:BELONGS_TO]-(person:Person)
  RETURN person
  UNION
  UNWIND asked.persons AS key
  MATCH (person:Person {key: key})
  RETURN person
  UNION
  UNWIND asked.services AS id
  MATCH (:Record {id: id})<-[:WATCHES]-(person:Person)
  WHERE 'watcher' IN asked.words
  RETURN person
}
WITH asked.number AS number, asked.actor AS actor, record, person
WHERE NOT EXISTS { (:Account {key: actor})-[:ACTS_FOR]->(person) }
WITH number, record, collect(person {.id, .key, .name, .email}) AS persons
RETURN number, persons,
       head(COLLECT { MATCH (record)-[:OWNED_BY]->(owner:Record) RETURN owner.name }) AS owner
