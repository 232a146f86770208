// sms.system_context (read)
// A record of the management system by id or key, and whatever a verb on it names. One row.
//
// $ref        str        id or key of the record; empty: none is meant
// $parties    list[str]  ids or keys of persons and groups
// $customer   str        id or key of a customer; empty: none is meant
// $service    str        id or key of a service; likewise
// $review     str        id or key of a review; likewise
// $documents  list[str]  ids or keys of documents that were issued
// $actor      str        login of the account that acts
// -> record     map        its properties, or null
// -> labels     list[str]  its labels, or null
// -> versions   list[map]  properties of the other versions of its series, where it is a document
// -> told       list[str]  ids of whom it was communicated to
// -> describes  list[str]  id of the service that it describes, where it is a document
// -> parties    list[map]  {ref, id} of persons and groups
// -> customer   str        id of the customer, or null
// -> service    str        id of the service, or null
// -> review     map        properties of the review, or null
// -> documents  list[map]  {ref, id} of documents
// -> same       list[str]  logins of the other accounts that act for the same person
//
// seek    process_record_key record_id management_document_series person_key group_key customer_key element_key document_key account_key
// budget  5 ms
// why     One read before one write, for all verbs of the management system alike.
// allow   CartesianProduct: of single rows, one for each thing that is looked up
CALL () {
  OPTIONAL MATCH (byKey:ProcessRecord {key: $ref})
  OPTIONAL MATCH (byId:Record&ProcessRecord {id: $ref})
  RETURN coalesce(byKey, byId) AS record
}
CALL () {
  OPTIONAL MATCH (byKey:Customer {key: $customer})
  OPTIONAL MATCH (byId:Record&Customer {id: $customer})
  RETURN coalesce(byKey, byId).id AS customer
}
CALL () {
  OPTIONAL MATCH (byKey:Element&Service {key: $service})
  OPTIONAL MATCH (byId:Record&Service {id: $service})
  RETURN coalesce(byKey, byId).id AS service
}
CALL () {
  OPTIONAL MATCH (byKey:ProcessRecord {key: $review})
  OPTIONAL MATCH (byId:Record&ProcessRecord {id: $review})
  WITH coalesce(byKey, byId) AS found
  RETURN CASE WHEN found:Review THEN properties(found) END AS review
}
RETURN properties(record) AS record, labels(record) AS labels,
       COLLECT {
         MATCH (version:ManagementDocument {series: record.series})
         WHERE version <> record
         RETURN properties(version) ORDER BY version.number
       } AS versions,
       COLLECT { MATCH (record)-[:COMMUNICATED_TO]->(party:Record) RETURN party.id } AS told,
       COLLECT { MATCH (record)-[:DESCRIBES]->(described:Record) RETURN described.id } AS describes,
       COLLECT {
         UNWIND $parties AS ref
         CALL (ref) {
           MATCH (party:Person {key: ref}) RETURN party
           UNION
           MATCH (party:Group {key: ref}) RETURN party
           UNION
           MATCH (party:Record {id: ref}) WHERE party:Person OR party:Group RETURN party
         }
         RETURN {ref: ref, id: party.id}
       } AS parties,
       customer, service, review,
       COLLECT {
         UNWIND $documents AS ref
         CALL (ref) {
           MATCH (document:Document {key: ref}) RETURN document
           UNION
           MATCH (document:Record&Document {id: ref}) RETURN document
         }
         RETURN {ref: ref, id: document.id}
       } AS documents,
       COLLECT {
         MATCH (:Account {key: $actor})-[:ACTS_FOR]->(:Person)<-[:ACTS_FOR]-(other:Account)
         RETURN other.key
       } AS same
