// chm.assessment_context (read)
// A change by id or key with all that an assessment looks at.
//
// $ref  str  id or key
// -> change     map        its properties
// -> alters     list[map]  {id, key, labels, properties} of the elements it alters: the relation's
// -> tasks      list[map]  properties of its tasks
// -> back_out   map        properties of how it is undone; null where nothing says how
// -> standard   map        properties of the standard change that it follows; null where it follows none
// -> reviews    list[map]  properties of its reviews
// -> steps      list[map]  properties of its steps, in order
// -> variants   list[map]  properties of its variants that are not decided on
// -> incidents  list[str]  keys of open incidents on these elements
// -> problems   list[str]  keys of open problems on them
// -> former     list[map]  {key, outcome} of changes of the same elements that have one, the newest first
// -> people     list[str]  ids of persons and groups who own it, or an open task of it
// -> work       list[map]  {id, key, hits, people} of other work in its planned time; hits are [element id,
//                          effect], people ids as above
//
// seek    change_key record_id change_planned_ends_at
// budget  10 ms
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
       [] AS tasks,
       head(COLLECT {
         MATCH (change)<-[:BACKS_OUT]-(plan:BackOutPlan)
         RETURN properties(plan)
       }) AS back_out,
       head(COLLECT {
         MATCH (change)-[:FOLLOWS_STANDARD]->(standard:StandardChange)
         RETURN properties(standard)
       }) AS standard,
       [] AS reviews,
       COLLECT {
         MATCH (change)<-[:CHANGE_STEP_OF]-(step:ChangeStep)
         RETURN properties(step) ORDER BY step.number
       } AS steps,
       COLLECT {
         MATCH (change)<-[:VARIANT_OF]-(variant:ChangeVariant)
         WHERE variant.closed_at IS NULL
         RETURN properties(variant) ORDER BY variant.id
       } AS variants,
       COLLECT {
         MATCH (change)-[:CHANGES]->(:Record)<-[:AFFECTS]-(incident:Incident)
         WHERE incident.ends_at IS NULL
         RETURN DISTINCT incident.key AS key ORDER BY key
       } AS incidents,
       COLLECT {
         MATCH (change)-[:CHANGES]->(:Record)<-[:INVESTIGATES]-(problem:Problem)
         WHERE problem.closed_at IS NULL
         RETURN DISTINCT problem.key AS key ORDER BY key
       } AS problems,
       COLLECT {
         MATCH (change)-[:CHANGES]->(:Record)<-[:CHANGES]-(former:Change)
         WHERE former.outcome IS NOT NULL AND former.id <> change.id
         WITH DISTINCT former ORDER BY former.id DESC LIMIT 200
         RETURN {key: former.key, outcome: former.outcome}
       } AS former,
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
           WHERE other.planned_ends_at > change.planned_starts_at
             AND other.planned_starts_at < change.planned_ends_at
             AND other.closed_at IS NULL AND other.ends_at IS NULL AND other.id <> change.id
           RETURN other
           ORDER BY other.id LIMIT 100
           UNION
           MATCH (other:MaintenanceWindow)
           WHERE other.ends_at > change.planned_starts_at
             AND other.starts_at < change.planned_ends_at
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
