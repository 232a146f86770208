// flow.recipients (read)
// Persons whom messages about records go to. One row for each that goes to somebody.
//
// $asked  list[map]  {number, record, words, roles, votes, groups, persons, services, actor, seq, at} of
//                    each: id of the record; what ties people to it (case_owner, requester, and words of
//                    `notices.Tie`); keys of roles that are held, and of those whose vote is missing; keys
//                    of groups and persons; ids of elements and services that it reaches; login of who
//                    did it; number of the entry; when roles have to be held
// -> number   int        of the asked
// -> persons  list[map]  {id, key, name, email, signs_in, only_user} of each, once; not of who did it;
//                        only_user: nothing but being a user, or having asked for it, ties them to it
// -> owner    str        name of who owns the record, or null
//
// seek    record_id account_key role_key group_key person_key
// budget  5 ms for one, 100 ms for a hundred
// why     Who is told follows from the graph at the moment of the event.
UNWIND $asked AS asked
MATCH (record:Record {id: asked.record})
CALL (record, asked) {
  MATCH (record)-[:OWNED_BY]->(party:Person|Group)
  WHERE 'case_owner' IN asked.words
  RETURN party, 0 AS far
  UNION
  MATCH (:Account {key: record.requester})-[:ACTS_FOR]->(party:Person)
  WHERE 'requester' IN asked.words
  RETURN party, 1 AS far
  UNION
  MATCH (record)-[:REQUESTED_BY|REPORTED_BY]->(party:Person)
  WHERE 'requester' IN asked.words
  RETURN party, 1 AS far
  UNION
  MATCH (record)<-[:BECAME]-(:Arrival {outcome: 'registered'})-[:SENT_BY]->(party:Person)
  WHERE 'requester' IN asked.words
  RETURN party, 1 AS far
  UNION
  UNWIND asked.roles AS key
  MATCH (:Role {key: key})<-[holds:HOLDS]-(party:Person)
  WHERE holds.starts_at <= asked.at AND (holds.ends_at IS NULL OR asked.at < holds.ends_at)
  RETURN party, 0 AS far
  UNION
  UNWIND asked.groups AS key
  MATCH (party:Group {key: key})
  RETURN party, 0 AS far
  UNION
  UNWIND asked.persons AS key
  MATCH (party:Person {key: key})
  RETURN party, 0 AS far
  UNION
  UNWIND asked.services AS id
  MATCH (:Record {id: id})<-[:WATCHES]-(party:Person)
  WHERE 'watchers' IN asked.words
  RETURN party, 0 AS far
  UNION
  UNWIND asked.services AS id
  MATCH (:Record {id: id})<-[:RECEIVES]-(:Customer)<-[:USER_OF]-(party:Person)
  WHERE 'users' IN asked.words
  RETURN party, 1 AS far
  UNION
  UNWIND asked.services AS id
  MATCH (:Record {id: id})<-[:RECEIVES]-(:Customer)<-[:FROM_CUSTOMER]-(holder:Stakeholder)-[:OWNED_BY]->(party:Record)
  WHERE 'stakeholders' IN asked.words AND holder.closed_at IS NULL
  RETURN party, 0 AS far
  UNION
  MATCH (record)-[:AFFECTS|CHANGES|COVERS|DEPLOYS|INVESTIGATES|VERIFIES]->(:Record)-[:OWNED_BY]->(party:Record)
  WHERE 'element_owners' IN asked.words
  RETURN party, 0 AS far
  UNION
  MATCH (record)<-[:ESCALATES]-(made:Escalation)-[:ESCALATED_TO]->(party:Record)
  WHERE 'escalated_to' IN asked.words AND made.created = asked.seq
  RETURN party, 0 AS far
  UNION
  MATCH (record)-[:COORDINATED_BY]->(party:Person)
  WHERE 'coordinator' IN asked.words
  RETURN party, 0 AS far
  UNION
  MATCH (record)-[:INVITES]->(party:Record)
  WHERE 'invited' IN asked.words
  RETURN party, 0 AS far
  UNION
  MATCH (record)-[:ADDRESSED_TO|DISTRIBUTED_TO]->(party:Person|Group)
  WHERE 'addressed' IN asked.words
  RETURN party, 0 AS far
  UNION
  MATCH (record)-[:ADDRESSED_TO_STAKEHOLDER]->(:Stakeholder)-[:OWNED_BY]->(party:Record)
  WHERE 'addressed' IN asked.words
  RETURN party, 0 AS far
  UNION
  MATCH (record)-[:ADDRESSED_TO_CUSTOMER]->(:Customer)<-[:USER_OF]-(party:Person)
  WHERE 'addressed' IN asked.words
  RETURN party, 1 AS far
  UNION
  MATCH (record)-[:TELLS_USERS_OF]->(:Service)<-[:RECEIVES]-(:Customer)<-[:USER_OF]-(party:Person)
  WHERE 'addressed' IN asked.words
  RETURN party, 1 AS far
  UNION
  UNWIND asked.votes AS key
  MATCH (:Role {key: key})<-[holds:HOLDS]-(voter:Person)
  WHERE holds.starts_at <= asked.at AND (holds.ends_at IS NULL OR asked.at < holds.ends_at)
  RETURN voter AS party, 2 AS far
  UNION
  MATCH (record)<-[:ASSESSES]-(last:ChangeAssessment)-[:REACHES_SERVICE]->(service:Service)<-[:OVER]-(role:Role)<-[holds:HOLDS]-(voter:Person)
  WHERE 'service_owner' IN asked.votes AND last.fingerprint = record.fingerprint
    AND role.word = 'service_owner'
    AND (record.owners_missing IS NULL OR service.key IN record.owners_missing)
    AND holds.starts_at <= asked.at AND (holds.ends_at IS NULL OR asked.at < holds.ends_at)
  RETURN voter AS party, 2 AS far
}
CALL (party, far, record, asked) {
  WITH party, far WHERE far < 2 AND party:Person
  RETURN party AS person
  UNION
  MATCH (party)<-[:BELONGS_TO]-(person:Person)
  WHERE party:Group
  RETURN person
  UNION
  WITH party, far WHERE far = 2 AND NOT EXISTS { (party)<-[:ACTS_FOR]-(:Account {key: record.requester}) }
  RETURN party AS person
  UNION
  MATCH (party)-[given:DELEGATES_TO]->(person:Person)
  WHERE far = 2 AND given.starts_at <= asked.at AND asked.at < given.ends_at
    AND NOT EXISTS { (party)<-[:ACTS_FOR]-(:Account {key: record.requester}) }
    AND NOT EXISTS { (person)<-[:ACTS_FOR]-(:Account {key: record.requester}) }
  RETURN person
}
WITH asked.number AS number, asked.actor AS actor, record, person, min(far % 2) AS far
WHERE NOT EXISTS { (:Account {key: actor})-[:ACTS_FOR]->(person) }
WITH number, record, collect(person {
       .id, .key, .name, .email, only_user: far = 1, signs_in: EXISTS { (person)<-[:ACTS_FOR]-(:Account) }
     }) AS persons
RETURN number, persons,
       head(COLLECT { MATCH (record)-[:OWNED_BY]->(owner:Record) RETURN owner.name }) AS owner
