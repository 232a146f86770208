// chm.variant_context (read)
// A variant of a change by id or key, with the change as it is planned and the others. One row, or none.
//
// $ref  str  id or key of the variant
// -> variant      map        its properties
// -> would_alter  list[map]  {id, key, ref, labels, properties} of the elements that it would alter: the relation's
// -> change       map        properties of the change
// -> alters       list[map]  {id, key, labels, properties} of the elements that the change alters now
// -> standard     map        properties of the standard change that it follows; null where it follows none
// -> steps        list[map]  properties of the change's steps, in order
// -> others       list[map]  {variant, hit} of its other variants that are not decided on; hits are
//                            [element id, effect]
//
// seek    process_record_key record_id
// budget  5 ms
// why     One read before one write.
CALL () {
  MATCH (variant:ProcessRecord {key: $ref})
  WHERE variant:ChangeVariant
  RETURN variant
  UNION
  MATCH (variant:Record&ChangeVariant {id: $ref})
  RETURN variant
}
MATCH (variant)-[:VARIANT_OF]->(change:Change)
RETURN properties(variant) AS variant,
       COLLECT {
         MATCH (variant)-[alters:WOULD_ALTER]->(element:Record)
         RETURN {id: element.id, key: element.key, ref: element.key, labels: labels(element),
                 properties: properties(alters)}
         ORDER BY element.id
       } AS would_alter,
       properties(change) AS change,
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
         MATCH (change)<-[:CHANGE_STEP_OF]-(step:ChangeStep)
         RETURN properties(step) ORDER BY step.number
       } AS steps,
       COLLECT {
         MATCH (change)<-[:VARIANT_OF]-(other:ChangeVariant)
         WHERE other.closed_at IS NULL AND other.id <> variant.id
         RETURN {variant: properties(other),
                 hit: [(other)-[hit:WOULD_ALTER]->(element:Record) | [element.id, hit.effect]]}
         ORDER BY other.id
       } AS others
