// impact.elements_named (read)
// Live elements by id or key. No row for a reference to nothing.
//
// $refs  list[str]  ids or keys
// -> ref     str        as given
// -> id      str        the element
// -> labels  list[str]  its labels
//
// seek    element_key record_id
// budget  2 ms for ten
// why     A record names the elements it is about; whether they are there decides.
UNWIND $refs AS ref
CALL (ref) {
  MATCH (element:Element {key: ref})
  RETURN element
  UNION
  MATCH (element:Record {id: ref})
  WHERE element:Element
  RETURN element
}
RETURN ref, element.id AS id, labels(element) AS labels
