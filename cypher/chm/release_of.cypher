// chm.release_of (read)
// The open release that contains a change. Collected.
//
// $id  str  id of the change
// -> releases  list[str]  keys; one at most
//
// seek    record_id
// budget  2 ms
// why     What a release contains is implemented with it, and not beside it (PR13.2).
MATCH (change:Record {id: $id})
RETURN COLLECT {
  MATCH (change)<-[:CONTAINS]-(release:Release)
  WHERE release.outcome IS NULL AND release.closed_at IS NULL
  RETURN release.key
} AS releases
