// flow.process_record (read)
// A live record of a process by id or key, with its owners, and parties by id or key.
//
// $ref    str        id or key of the record
// $owner  str        id or key of a person or group; empty: none is meant
// -> record  map              its properties
// -> labels  list[str]        its labels
// -> former  list[list[any]]  [owner id, properties of OWNED_BY]
// -> owners  list[map]        {id, key} of the person or group
//
// seek    process_record_key record_id person_key group_key
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
       COLLECT { MATCH (record)-[owned:OWNED_BY]->(former:Record) RETURN [former.id, properties(owned)] } AS former,
       COLLECT {
         CALL () {
           MATCH (owner:Person {key: $owner}) RETURN owner
           UNION
           MATCH (owner:Group {key: $owner}) RETURN owner
           UNION
           MATCH (owner:Record {id: $owner}) WHERE owner:Person OR owner:Group RETURN owner
         }
         RETURN {id: owner.id, key: owner.key}
       } AS owners
