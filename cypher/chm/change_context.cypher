// chm.change_context (read)
// A change by id or key with what hangs together with it.
//
// $ref  str  id or key
// -> change    map        its properties
// -> alters    list[map]  {id, key, labels, properties} of the elements it alters: the relation's
// -> tasks     list[map]  properties of its tasks
// -> back_out  map        properties of how it is undone; null where nothing says how
// -> standard  map        properties of the standard change that it follows; null where it follows none
// -> reviews   list[map]  properties of its reviews
// -> steps     list[map]  properties of its steps, in order
// -> variants  list[map]  properties of its variants that are not decided on
//
// seek    change_key record_id
// budget  3 ms
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
       COLLECT {
         MATCH (change)<-[:TASK_OF]-(task:ChangeTask)
         RETURN properties(task) ORDER BY task.key
       } AS tasks,
       head(COLLECT {
         MATCH (change)<-[:BACKS_OUT]-(plan:BackOutPlan)
         RETURN properties(plan)
       }) AS back_out,
       head(COLLECT {
         MATCH (change)-[:FOLLOWS_STANDARD]->(standard:StandardChange)
         RETURN properties(standard)
       }) AS standard,
       COLLECT {
         MATCH (change)<-[:REVIEWS]-(review:PostImplementationReview)
         RETURN properties(review) ORDER BY review.key
       } AS reviews,
       COLLECT {
         MATCH (change)<-[:CHANGE_STEP_OF]-(step:ChangeStep)
         RETURN properties(step) ORDER BY step.number
       } AS steps,
       COLLECT {
         MATCH (change)<-[:VARIANT_OF]-(variant:ChangeVariant)
         WHERE variant.closed_at IS NULL
         RETURN properties(variant) ORDER BY variant.id
       } AS variants
