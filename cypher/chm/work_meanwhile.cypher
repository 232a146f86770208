// chm.work_meanwhile (read)
// Other work in a time, and who does some records.
//
// $records  list[str]  ids of changes and of the release that contains them; these are no other work
// $starts   str        beginning of the time
// $ends     str        its end
// -> people  list[list[any]]  [record id, ids of persons and groups who own it, or an open task of it]
// -> work    list[map]        {id, key, hits, people} of other work then; hits are [element id, effect]
//
// seek    record_id change_planned_ends_at
// budget  10 ms for 50 changes
// why     What is deployed together is held against other work together (PR13.3).
RETURN COLLECT {
         MATCH (one:Record) WHERE one.id IN $records
         RETURN [one.id, COLLECT {
           MATCH (one)-[:OWNED_BY]->(party:Person|Group) RETURN party.id
           UNION
           MATCH (one)<-[:TASK_OF]-(task:ChangeTask)-[:OWNED_BY]->(party:Person|Group)
           WHERE task.closed_at IS NULL
           RETURN party.id
         }] ORDER BY one.id
       } AS people,
       COLLECT {
         CALL () {
           MATCH (other:Change)
           WHERE other.planned_ends_at > $starts AND other.planned_starts_at < $ends
             AND other.closed_at IS NULL AND other.ends_at IS NULL AND NOT other.id IN $records
           RETURN other
           ORDER BY other.id LIMIT 100
           UNION
           MATCH (other:MaintenanceWindow)
           WHERE other.ends_at > $starts AND other.starts_at < $ends
           RETURN other
           ORDER BY other.id LIMIT 100
         }
         RETURN {id: other.id, key: other.key,
                 hits: [(other)-[hit:CHANGES|COVERS]->(element:Element) | [element.id, hit.effect]],
                 people: COLLECT {
                   MATCH (other)-[:OWNED_BY]->(party:Person|Group) RETURN party.id
                   UNION
                   MATCH (other)<-[:TASK_OF]-(task:ChangeTask)-[:OWNED_BY]->(party:Person|Group)
                   WHERE task.closed_at IS NULL
                   RETURN party.id
                 }}
         ORDER BY other.id
       } AS work
