// flow.records_told (read)
// Records by id as they are, with the elements that they put into a state, or are about: as if down;
// of a release those of its changes.
//
// $ids  list[str]  which
// -> id       str              opaque id
// -> labels   list[str]        labels
// -> record   map              properties
// -> effects  list[list[str]]  [element id, effect]
// -> offered  list[list[str]]  [id, key, name] of the service that a service request is of
//
// seek    record_id
// budget  5 ms for 10
// why     A message says what the record is when it is written.
UNWIND $ids AS id
MATCH (record:Record {id: id})
RETURN record.id AS id, labels(record) AS labels, properties(record) AS record,
       COLLECT {
         MATCH (record)-[effect:AFFECTS|CHANGES|COVERS|DEPLOYS|CONCERNS|INVESTIGATES]->(element:Record)
         RETURN [element.id, coalesce(effect.effect, 'down')] AS effect
         UNION
         MATCH (record)-[:CONTAINS]->(:Change)-[effect:CHANGES]->(element:Record)
         RETURN [element.id, coalesce(effect.effect, 'down')] AS effect
       } AS effects,
       COLLECT {
         MATCH (record)-[:REQUESTS]->(:RequestOffering)-[:OFFERS]->(service:Service)
         RETURN [service.id, service.key, service.name]
       } AS offered
