// flow.escalated_record (read)
// A record of a process by id or key, with the elements that it is about.
//
// $ref  str  id or key of the record
// -> record   map              its properties
// -> labels   list[str]        its labels
// -> effects  list[list[str]]  [element id, effect], the hardest effect of an element last
//
// seek    process_record_key record_id
// budget  3 ms
// why     Owners of the services that a record reaches stand on the path (PR9.3).
CALL () {
  MATCH (record:ProcessRecord {key: $ref})
  RETURN record
  UNION
  MATCH (record:Record&ProcessRecord {id: $ref})
  RETURN record
}
RETURN properties(record) AS record, labels(record) AS labels,
       COLLECT {
         CALL (record) {
           MATCH (record)-[:INVESTIGATES]->(element:Record)
           RETURN element.id AS id, 'down' AS effect
           UNION
           MATCH (record)-[hit:CHANGES]->(element:Record)
           RETURN element.id AS id, hit.effect AS effect
           UNION
           MATCH (record)-[:CONTAINS]->(:Record)-[hit:CHANGES]->(element:Record)
           RETURN element.id AS id, hit.effect AS effect
           UNION
           MATCH (record)-[:FOLLOWS]->(:Record)-[:WOULD_IMPROVE]->(element:Record)
           RETURN element.id AS id, 'down' AS effect
         }
         WITH id, effect, CASE effect WHEN 'down' THEN 2 WHEN 'degraded' THEN 1 ELSE 0 END AS place
         RETURN [id, effect] ORDER BY place, id
       } AS effects
