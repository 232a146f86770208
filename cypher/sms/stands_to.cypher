// sms.stands_to (read)
// What somebody is to a record of a process or an element, by id or key.
//
// $ref      str        id or key
// $kind     str        kind of record that the verb is used on; Element for any of these
// $parties  list[str]  ids of the person and of the groups that it belongs to
// $login    str        login of the account
// -> id       str        id of the record
// -> key      str        its key
// -> process  str        the process that it says to belong to; empty: it says none
// -> owns     bool       whether one of the parties owns it
// -> asked    bool       whether the account or its person asked for it, or reported it
// -> about    list[str]  ids of services that it describes or speaks of
//
// seek    process_record_key element_key record_id
// budget  2 ms
// why     Rights on one's own records and services are looked up only where no other right helps.
CALL () {
  MATCH (record:ProcessRecord {key: $ref})
  RETURN record
  UNION
  MATCH (record:Element {key: $ref})
  RETURN record
  UNION
  MATCH (record:Record {id: $ref})
  RETURN record
}
WITH record WHERE $kind IN labels(record)
RETURN record.id AS id, record.key AS key, coalesce(record.of_process, '') AS process,
       EXISTS { MATCH (record)-[:OWNED_BY]->(party:Record) WHERE party.id IN $parties } AS owns,
       coalesce(record.requester = $login, false) OR coalesce(record.registered_by = $login, false)
         OR EXISTS { MATCH (record)-[:REQUESTED_BY|REPORTED_BY]->(party:Record) WHERE party.id IN $parties } AS asked,
       COLLECT { MATCH (record)-[:DESCRIBES|SPEAKS_OF]->(service:Service) RETURN service.id } AS about
