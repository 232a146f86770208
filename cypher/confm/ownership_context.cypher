// confm.ownership_context (read)
// An element by id or key with its owners, and the owner named. One row, or none.
//
// $ref    str  id or key of the element
// $owner  str  id or key of a person or group
// -> element  map              its properties
// -> labels   list[str]        its labels
// -> former   list[list[any]]  [owner id, properties of OWNED_BY]
// -> owners   list[map]        {id, key} of the owner named
//
// seek    element_key record_id person_key group_key
// budget  3 ms
// why     One read before one write.
CALL () {
  MATCH (element:Element {key: $ref})
  RETURN element
  UNION
  MATCH (element:Record&Element {id: $ref})
  RETURN element
}
RETURN properties(element) AS element, labels(element) AS labels,
       COLLECT { MATCH (element)-[owned:OWNED_BY]->(former:Record) RETURN [former.id, properties(owned)] } AS former,
       COLLECT {
         CALL () {
           MATCH (owner:Person {key: $owner}) RETURN owner
           UNION
           MATCH (owner:Group {key: $owner}) RETURN owner
           UNION
           MATCH (owner:Record {id: $owner}) WHERE owner:Person OR owner:Group RETURN owner
         }
         RETURN {id: owner.id, key: owner.key}
       } AS owners
