// chm.comparison (read)
// A change by id or key with its variants, and with what was computed of each last. One row, or none.
//
// $ref  str  id or key of the change
// -> change    map        its properties
// -> hit       list[list[any]]  [element id, effect] of what it alters
// -> assessed  map        {record, services, single, collisions} of its last assessment as it is planned: properties;
//                         {key, name, meanwhile, if_fails} of each service; how many elements take one down
//                         alone; sentences; null where it was not assessed
// -> variants  list[map]  {variant, hit, assessed} of each, as above; those that are not decided on first
//
// seek    change_key record_id
// budget  10 ms for ten variants
// why     Variants are laid side by side by what was computed of them (PR12.3).
CALL () {
  MATCH (change:Change {key: $ref})
  RETURN change
  UNION
  MATCH (change:Record&Change {id: $ref})
  RETURN change
}
RETURN properties(change) AS change,
       [(change)-[hit:CHANGES]->(element:Record) | [element.id, hit.effect]] AS hit,
       head(COLLECT {
         MATCH (change)<-[:ASSESSES]-(assessment:ChangeAssessment)
         WITH assessment ORDER BY assessment.id DESC LIMIT 1
         RETURN {
           record: properties(assessment),
           services: COLLECT {
             MATCH (assessment)-[reached:REACHES_SERVICE]->(service:Service)
             RETURN {key: service.key, name: service.name, meanwhile: reached.meanwhile, if_fails: reached.if_fails}
             ORDER BY service.key
           },
           single: COUNT { (assessment)-[:SINGLE_POINT]->(:Record) },
           collisions: [(assessment)-[met:COLLIDES]->(:Record) | met.because]
         }
       }) AS assessed,
       COLLECT {
         MATCH (change)<-[:VARIANT_OF]-(variant:ChangeVariant)
         WITH variant ORDER BY variant.closed_at IS NOT NULL, variant.id
         RETURN {
           variant: properties(variant),
           hit: [(variant)-[hit:WOULD_ALTER]->(element:Record) | [element.id, hit.effect]],
           assessed: head(COLLECT {
             MATCH (variant)<-[:ASSESSES_VARIANT]-(assessment:ChangeAssessment)
             WITH assessment ORDER BY assessment.id DESC LIMIT 1
             RETURN {
               record: properties(assessment),
               services: COLLECT {
                 MATCH (assessment)-[reached:REACHES_SERVICE]->(service:Service)
                 RETURN {key: service.key, name: service.name, meanwhile: reached.meanwhile, if_fails: reached.if_fails}
                 ORDER BY service.key
               },
               single: COUNT { (assessment)-[:SINGLE_POINT]->(:Record) },
               collisions: [(assessment)-[met:COLLIDES]->(:Record) | met.because]
             }
           })
         }
       } AS variants
