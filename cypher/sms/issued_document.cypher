// sms.issued_document (read)
// A document by id or key, with the versions of its series that are issued. One row, or none.
//
// $ref  str  id or key
// -> document  map        its properties
// -> issued    list[map]  properties of the versions that are issued, the oldest first
//
// seek    document_key record_id document_series
// budget  3 ms
// why     One read before one write.
CALL () {
  MATCH (document:Document {key: $ref}) RETURN document
  UNION
  MATCH (document:Record&Document {id: $ref}) RETURN document
}
RETURN properties(document) AS document,
       COLLECT {
         MATCH (other:Document)
         USING INDEX other:Document(series)
         WHERE other.series = document.series AND other.status = 'issued'
         RETURN properties(other) ORDER BY other.number
       } AS issued
