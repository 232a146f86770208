// rdm.communication_context (read)
// An action of communication by id or key, with what the release that it tells of alters.
//
// $ref  str  id or key
// -> action   map        its properties
// -> altered  list[map]  {id, properties} of elements that changes of the release alter: the relation's
//
// seek    process_record_key record_id
// budget  5 ms for 50 changes
// why     One read before one write.
CALL () {
  MATCH (action:ProcessRecord&CommunicationAction {key: $ref})
  RETURN action
  UNION
  MATCH (action:Record&CommunicationAction {id: $ref})
  RETURN action
}
RETURN properties(action) AS action,
       [(action)-[:TELLS_OF]->(:Release)-[:CONTAINS]->(:Change)-[hit:CHANGES]->(element:Record) |
         {id: element.id, properties: properties(hit)}] AS altered
