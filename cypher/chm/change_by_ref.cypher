// chm.change_by_ref (read)
// A change by id or key.
//
// $ref  str  id or key
// -> change  map  its properties
//
// seek    change_key record_id
// budget  2 ms
// why     One read before one write.
CALL () {
  MATCH (change:Change {key: $ref})
  RETURN change
  UNION
  MATCH (change:Record&Change {id: $ref})
  RETURN change
}
RETURN properties(change) AS change
