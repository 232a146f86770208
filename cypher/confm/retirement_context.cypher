// confm.retirement_context (read)
// An element by id or key with all its relations, and the members of every group it belongs to.
//
// $ref  str  id or key
// -> element      map              its properties
// -> labels       list[str]        its labels
// -> relations    list[list[any]]  [source, type, target, properties, other key, other labels]
// -> groups       list[map]        {group, members}: members as [id, weight, lifecycle]
// -> identifiers  list[map]        properties of what names it
//
// seek    element_key record_id
// budget  5 ms
// why     Ending an element ends its relations; nobody who lives may lose what it needs.
CALL () {
  MATCH (element:Element {key: $ref})
  RETURN element
  UNION
  MATCH (element:Record&Element {id: $ref})
  RETURN element
}
RETURN properties(element) AS element, labels(element) AS labels,
       COLLECT {
         MATCH (element)-[relation]-(other:Record)
         RETURN [startNode(relation).id, type(relation), endNode(relation).id, properties(relation), other.key, labels(other)]
       } AS relations,
       COLLECT {
         MATCH (group:RedundancyGroup)-[:HAS_MEMBER]->(element)
         RETURN {
           group: properties(group),
           members: COLLECT { MATCH (group)-[member:HAS_MEMBER]->(one:Element) RETURN [one.id, member.weight, one.lifecycle] }
         }
       } AS groups,
       COLLECT {
         MATCH (element)-[:IDENTIFIED_BY]->(identifier:Identifier)
         RETURN properties(identifier)
       } AS identifiers
