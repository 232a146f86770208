// sms.document_content (read)
// A document by id or key, with the pieces of its content. One row, or none.
//
// $ref  str  id or key
// -> document  map        its properties
// -> parts     list[str]  the pieces, in order
// -> distribution  list[str]  keys of whom it is meant for
//
// seek    document_key record_id
// budget  20 ms for 4 MB
// why     What was issued is shown as it was (GR2.3).
CALL () {
  MATCH (document:Document {key: $ref}) RETURN document
  UNION
  MATCH (document:Record&Document {id: $ref}) RETURN document
}
RETURN properties(document) AS document,
       COLLECT {
         MATCH (document)<-[:CONTENT_OF]-(part:DocumentPart)
         RETURN part.text ORDER BY part.number
       } AS parts,
       COLLECT {
         MATCH (document)-[:DISTRIBUTED_TO]->(party:Record)
         RETURN party.key ORDER BY party.key
       } AS distribution
