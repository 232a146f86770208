// sms.documents_page (read)
// Persisted documents, the newest first. One row.
//
// $after  str  id of the last one of the page before, or null
// $limit  int  most of them
// -> total      int        how many there are in all pages
// -> documents  list[map]  their properties
//
// seek    -
// budget  10 ms for 1,000
// why     Whoever looks after them wants to see what there is.
// allow   CartesianProduct: of two single rows, the count and the page
CALL () {
  MATCH (document:PersistedDocument)
  RETURN count(document) AS total
}
CALL () {
  MATCH (document:PersistedDocument)
  WHERE $after IS NULL OR document.id < $after
  WITH document ORDER BY document.id DESC LIMIT $limit
  RETURN collect(properties(document)) AS documents
}
RETURN total, documents
