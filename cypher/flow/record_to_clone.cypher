// flow.record_to_clone (read)
// A record of a process by id or key, with what it leads to by relations of some types.
//
// $ref   str        id or key of the record
// $ties  list[str]  types of relations
// $reporter  str  id or key of the person who reports the new one; empty: none is named
// $actor     str  login of the account that the person is behind instead; empty: of none
// -> record  map        its properties
// -> labels  list[str]  its labels
// -> ties    list[map]  {type, id, key, labels, properties} of what it leads to: the relation's
// -> reporters  list[str]  ids of who reports the new one
//
// seek    process_record_key record_id person_key account_key
// budget  3 ms
// why     One read before one write.
CALL () {
  MATCH (record:ProcessRecord {key: $ref})
  RETURN record
  UNION
  MATCH (record:Record&ProcessRecord {id: $ref})
  RETURN record
}
RETURN properties(record) AS record, labels(record) AS labels,
       COLLECT {
         MATCH (record)-[tie]->(other:Record)
         WHERE type(tie) IN $ties
         RETURN {type: type(tie), id: other.id, key: other.key, labels: labels(other), properties: properties(tie)}
         ORDER BY other.id
       } AS ties,
       COLLECT {
         CALL () {
           MATCH (person:Person {key: $reporter}) RETURN person
           UNION
           MATCH (person:Record&Person {id: $reporter}) RETURN person
           UNION
           MATCH (:Account {key: $actor})-[:ACTS_FOR]->(person:Person) RETURN person
         }
         RETURN person.id
       } AS reporters
