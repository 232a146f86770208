// flow.record_to_clone (read)
// A record of a process by id or key, with what it leads to by relations of some types.
//
// $ref   str        id or key of the record
// $ties  list[str]  types of relations
// -> record  map        its properties
// -> labels  list[str]  its labels
// -> ties    list[map]  {type, id, key, labels} of what it leads to
//
// seek    process_record_key record_id
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
         RETURN {type: type(tie), id: other.id, key: other.key, labels: labels(other)}
         ORDER BY other.id
       } AS ties
