// confm.any_element (read)
// An element by id or key, live or retired; the live one first. One row, or none.
//
// $id   str  its id, or null
// $key  str  its key, or null
// -> id  str  its id
//
// seek    record_id element_key
// budget  2 ms
// why     The past is asked for by a key that may have been retired since; ids never change.
CALL () {
  MATCH (element:Record {id: $id})
  RETURN element.id AS id
  UNION
  MATCH (element:Element {key: $key})
  RETURN element.id AS id
}
RETURN id
LIMIT 1
