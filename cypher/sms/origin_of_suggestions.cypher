// sms.origin_of_suggestions (read)
// A record of the management system by id or key, with the suggestions that came from it.
//
// $ref  str  id or key
// -> record        map        its properties
// -> labels        list[str]  its labels
// -> gave_rise_to  list[str]  ids of the suggestions
// -> speaks_of     list[str]  ids of the services that it is about
//
// seek    process_record_key record_id
// budget  2 ms
// why     One read before one write.
CALL () {
  MATCH (record:ProcessRecord {key: $ref})
  RETURN record
  UNION
  MATCH (record:Record&ProcessRecord {id: $ref})
  RETURN record
}
RETURN properties(record) AS record, labels(record) AS labels,
       COLLECT { MATCH (record)-[:GAVE_RISE_TO]->(other:Record) RETURN other.id } AS gave_rise_to,
       COLLECT { MATCH (record)-[:SPEAKS_OF]->(service:Service) RETURN service.id } AS speaks_of
