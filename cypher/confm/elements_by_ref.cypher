// confm.elements_by_ref (read)
// Live elements by id or key, with their identifiers. No row for a reference to nothing.
//
// $refs  list[str]  ids or keys
// -> ref          str        as given
// -> labels       list[str]  labels of the element
// -> element      map        all of its properties
// -> identifiers  list[list[map]]  what names it: properties of identifier and relation
//
// seek    element_key record_id
// budget  2 ms for two
// why     A person writes keys, a program ids; both come in the same field.
UNWIND $refs AS ref
CALL (ref) {
  MATCH (element:Element {key: ref})
  RETURN element
  UNION
  MATCH (element:Record {id: ref})
  WHERE element:Element
  RETURN element
}
RETURN ref, labels(element) AS labels, properties(element) AS element,
       COLLECT { MATCH (element)-[bound:IDENTIFIED_BY]->(identifier:Identifier) RETURN [properties(identifier), properties(bound)] } AS identifiers
