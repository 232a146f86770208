// chm.schedule_context (read)
// A change by id or key with other work in a time.
//
// $ref     str  id or key
// $starts  str  beginning of the time; null: as planned
// $ends    str  its end; likewise
// -> change    map        its properties
// -> alters    list[map]  {id, key, labels, properties} of the elements it alters: the relation's
// -> standard  map        properties of the standard change that it follows; null where it follows none
// -> people    list[str]  ids of persons and groups who own it, or an open task of it
// -> work      list[map]  {id, key, hits, people} of other work then; hits are [element id, effect]
//
// seek    change_key record_id change_planned_ends_at
// budget  8 ms
// why     One read before one write.
CALL () {
  MATCH (change:Change {key: $ref})
  RETURN change
  UNION
  MATCH (change:Record&Change {id: $ref})
  RETURN change
}
RETURN properties(change) AS change,
       COLLECT {
         MATCH (change)-[alters:CHANGES]->(element:Record)
         RETURN {id: element.id, key: element.key, labels: labels(element), properties: properties(alters)}
         ORDER BY element.id
       } AS alters,
       head(COLLECT {
         MATCH (change)-[:FOLLOWS_STANDARD]->(standard:StandardChange)
         RETURN properties(standard)
       }) AS standard,
       COLLECT {
         MATCH (change)-[:OWNED_BY]->(party:Person|Group) RETURN party.id
         UNION
         MATCH (change)<-[:TASK_OF]-(task:ChangeTask)-[:OWNED_BY]->(party:Person|Group)
         WHERE task.closed_at IS NULL
         RETURN party.id
       } AS people,
       COLLECT {
         CALL (change) {
           MATCH (other:Change)
           WHERE other.planned_ends_at > coalesce($starts, change.planned_starts_at)
             AND other.planned_starts_at < coalesce($ends, change.planned_ends_at)
             AND other.closed_at IS NULL AND other.ends_at IS NULL AND other.id <> change.id
           RETURN other
           ORDER BY other.id LIMIT 100
           UNION
           MATCH (other:MaintenanceWindow)
           WHERE other.ends_at > coalesce($starts, change.planned_starts_at)
             AND other.starts_at < coalesce($ends, change.planned_ends_at)
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
