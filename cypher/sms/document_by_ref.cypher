// sms.document_by_ref (read)
// A persisted document by key or digest. One row, or none.
//
// $ref  str  key or digest
// -> document  map  its properties
//
// seek    persisted_document_digest persisted_document_key
// budget  2 ms
// why     One read before one write, and the text of a document that is asked for by its digest.
CALL () {
  MATCH (document:PersistedDocument {digest: $ref})
  RETURN document
  UNION
  MATCH (document:PersistedDocument {key: $ref})
  RETURN document
}
RETURN properties(document) AS document
