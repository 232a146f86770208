// sms.document_context (read)
// What there is of a series of documents, the record that the next one is about, and for whom. One row.
//
// $series  str        what its versions have in common
// $about   str        id or key of the record or service; empty: it is about none
// $to      list[str]  ids or keys of persons and groups
// -> live     list[map]  properties of versions that are proposed or issued, the oldest first
// -> last     int        number of the last version; null: there is none
// -> about    list[map]  {id, labels} of the record
// -> parties  list[map]  {ref, id} of persons and groups
//
// seek    document_series process_record_key element_key record_id person_key group_key
// budget  5 ms
// why     One read before one write.
RETURN COLLECT {
         MATCH (document:Document {series: $series})
         WHERE document.status IN ['proposed', 'issued']
         RETURN properties(document) ORDER BY document.number
       } AS live,
       head(COLLECT {
         MATCH (document:Document {series: $series})
         RETURN document.number ORDER BY document.number DESC LIMIT 1
       }) AS last,
       COLLECT {
         CALL () {
           MATCH (record:ProcessRecord {key: $about}) RETURN record
           UNION
           MATCH (record:Element {key: $about}) WHERE record:Service RETURN record
           UNION
           MATCH (record:Record {id: $about}) WHERE record:ProcessRecord OR record:Service RETURN record
         }
         RETURN {id: record.id, labels: labels(record)}
       } AS about,
       COLLECT {
         UNWIND $to AS ref
         CALL (ref) {
           MATCH (party:Person {key: ref}) RETURN party
           UNION
           MATCH (party:Group {key: ref}) RETURN party
           UNION
           MATCH (party:Record {id: ref}) WHERE party:Person OR party:Group RETURN party
         }
         RETURN {ref: ref, id: party.id}
       } AS parties
