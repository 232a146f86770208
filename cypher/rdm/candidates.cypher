// rdm.candidates (read)
// Changes by id or key with what decides on whether a release takes them in.
//
// $refs     list[str]  ids or keys of the changes
// $release  str        id or key of the release
// -> ref        str        as given
// -> change     map        its properties
// -> alters     list[map]  {id, key, labels, properties} of the elements it alters: the relation's
// -> tasks      list[map]  properties of its tasks
// -> back_out   map        properties of how it is undone; null where nothing says how
// -> standard   map        properties of the standard change that it follows; null where it follows none
// -> reviews    list[map]  properties of its reviews
// -> elsewhere  list[str]  keys of other open releases that contain it
// -> left_out   map        properties of LEFT_OUT from the release, or null
//
// seek    change_key record_id
// budget  10 ms for 50
// why     What is taken in is decided inside the write (PR13.2).
UNWIND $refs AS ref
CALL (ref) {
  MATCH (change:Change {key: ref})
  RETURN change
  UNION
  MATCH (change:Record&Change {id: ref})
  RETURN change
}
RETURN ref, properties(change) AS change,
       COLLECT {
         MATCH (change)-[alters:CHANGES]->(element:Record)
         RETURN {id: element.id, key: element.key, labels: labels(element), properties: properties(alters)}
         ORDER BY element.id
       } AS alters,
       [(change)<-[:TASK_OF]-(task:ChangeTask) | properties(task)] AS tasks,
       head([(change)<-[:BACKS_OUT]-(plan:BackOutPlan) | properties(plan)]) AS back_out,
       head([(change)-[:FOLLOWS_STANDARD]->(model:StandardChange) | properties(model)]) AS standard,
       [(change)<-[:REVIEWS]-(review:PostImplementationReview) | properties(review)] AS reviews,
       COLLECT {
         MATCH (change)<-[:CONTAINS]-(other:Release)
         WHERE other.closed_at IS NULL AND other.id <> $release AND other.key <> $release
           AND other.outcome IS NULL
         RETURN other.key ORDER BY other.key
       } AS elsewhere,
       head(COLLECT {
         MATCH (change)<-[out:LEFT_OUT]-(release:Release)
         WHERE release.id = $release OR release.key = $release
         RETURN properties(out)
       }) AS left_out
