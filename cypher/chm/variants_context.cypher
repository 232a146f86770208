// chm.variants_context (read)
// A change by id or key with all that a comparison of its variants looks at. One row, or none.
//
// $ref  str  id or key of the change
// -> change    map        its properties
// -> back_out  map        properties of how it is undone; null where nothing says how
// -> standard  map        properties of the standard change that it follows; null where it follows none
// -> people    list[str]  ids of persons and groups who own it, or an open task of it
// -> variants  list[map]  {variant, alters, incidents, problems, former, work} of each that is not decided on:
//                         its properties, and the rest as in `chm.assessment_context`, of what it would alter
//                         and of the time that it would take
//
// seek    change_key record_id change_planned_ends_at
// budget  30 ms for ten variants
// why     One read before one write (PR12.3).
CALL () {
  MATCH (change:Change {key: $ref})
  RETURN change
  UNION
  MATCH (change:Record&Change {id: $ref})
  RETURN change
}
RETURN properties(change) AS change,
       head(COLLECT {
         MATCH (change)<-[:BACKS_OUT]-(plan:BackOutPlan)
         RETURN properties(plan)
       }) AS back_out,
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
         MATCH (change)<-[:VARIANT_OF]-(variant:ChangeVariant)
         WHERE variant.closed_at IS NULL
         RETURN {
           variant: properties(variant),
           alters: COLLECT {
             MATCH (variant)-[alters:WOULD_ALTER]->(element:Record)
             RETURN {id: element.id, key: element.key, labels: labels(element), properties: properties(alters)}
             ORDER BY element.id
           },
           incidents: COLLECT {
             MATCH (variant)-[:WOULD_ALTER]->(:Record)<-[:AFFECTS]-(incident:Incident)
             WHERE incident.ends_at IS NULL
             RETURN DISTINCT incident.key AS key ORDER BY key
           },
           problems: COLLECT {
             MATCH (variant)-[:WOULD_ALTER]->(:Record)<-[:INVESTIGATES]-(problem:Problem)
             WHERE problem.closed_at IS NULL
             RETURN DISTINCT problem.key AS key ORDER BY key
           },
           former: COLLECT {
             MATCH (variant)-[:WOULD_ALTER]->(:Record)<-[:CHANGES]-(former:Change)
             WHERE former.outcome IS NOT NULL AND former.id <> change.id
             WITH DISTINCT former ORDER BY former.id DESC LIMIT 200
             RETURN {key: former.key, outcome: former.outcome}
           },
           work: COLLECT {
             CALL (change, variant) {
               MATCH (other:Change)
               WHERE other.planned_ends_at > variant.planned_starts_at
                 AND other.planned_starts_at < variant.planned_ends_at
                 AND other.closed_at IS NULL AND other.ends_at IS NULL AND other.id <> change.id
               RETURN other
               ORDER BY other.id LIMIT 100
               UNION
               MATCH (other:MaintenanceWindow)
               WHERE other.ends_at > variant.planned_starts_at
                 AND other.starts_at < variant.planned_ends_at
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
           }
         }
         ORDER BY variant.id
       } AS variants
