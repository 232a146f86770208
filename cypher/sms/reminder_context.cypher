// sms.reminder_context (read)
// What was reminded of already, the record that is to be seen to, and who is responsible. One row.
//
// $identity  str        matter, subject and time of a reminder
// $record    str        id of the record; empty: there is none
// $subject   str        key of the policy by which it is due, or of the record
// $owner     str        key of the person or group that is named; empty: nobody is
// $roles     list[str]  keys of roles, nearest first
// $at        str        when they have to be held, UTC
// -> known   map        properties of the reminder that there is, or null
// -> record  str        id of the record, or null
// -> owners  list[str]  ids of who is responsible: who is named, who owns it, or who holds the first of the roles
//
// seek    reminder_identity record_id policy_key person_key group_key role_key
// budget  4 ms
// why     One read before one write.
// allow   CartesianProduct: of single rows, one for each thing that is looked up
CALL () {
  OPTIONAL MATCH (reminder:Reminder {identity: $identity})
  RETURN properties(reminder) AS known
}
CALL () {
  OPTIONAL MATCH (record:Record&ProcessRecord {id: $record})
  RETURN record
}
CALL () {
  OPTIONAL MATCH (policy:Policy {key: $subject})
  RETURN policy
}
WITH known, record, policy,
     COLLECT {
       CALL () {
         MATCH (party:Person {key: $owner}) RETURN party
         UNION
         MATCH (party:Group {key: $owner}) RETURN party
       }
       RETURN party.id
     } AS named,
     COLLECT { MATCH (record)-[:OWNED_BY]->(party:Record) RETURN party.id } AS owning,
     COLLECT { MATCH (party:Record)-[:ANSWERS_FOR]->(policy) RETURN party.id } AS answering,
     COLLECT {
       UNWIND range(0, size($roles) - 1) AS place
       MATCH (:Role {key: $roles[place]})<-[held:HOLDS]-(person:Person)
       WHERE held.starts_at <= $at AND coalesce(held.ends_at > $at, true)
       RETURN person.id ORDER BY place, held.starts_at LIMIT 1
     } AS holding
RETURN known, record.id AS record,
       head([each IN [named, owning, answering, holding] WHERE size(each) > 0] + [[]]) AS owners
