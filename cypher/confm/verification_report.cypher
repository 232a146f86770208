// confm.verification_report (read)
// A verification by id or key with the elements of its sample that are seen. One row, or none.
//
// $ref    str        id or key
// $all    bool       whether everything is seen
// $types  list[str]  CI types that are seen
// -> verification  map        its properties
// -> elements      list[map]  {id, labels, key, name, type, owner, said, deviations}: the
//                             relation's properties, {key, status} of deviations
//
// seek    process_record_key record_id
// budget  20 ms for 500 elements
// why     The report of a verification is what was found of its sample (PR11.5).
CALL () {
  MATCH (verification:ProcessRecord {key: $ref})
  WHERE verification:Verification
  RETURN verification
  UNION
  MATCH (verification:Record&Verification {id: $ref})
  RETURN verification
}
RETURN properties(verification) AS verification,
       COLLECT {
         MATCH (verification)-[said:VERIFIES]->(element:Record)
         WHERE $all OR element.type IS NULL OR element.type IN $types
         RETURN {
           id: element.id,
           labels: labels(element),
           key: element.key,
           name: element.name,
           type: element.type,
           owner: head(COLLECT { MATCH (element)-[:OWNED_BY]->(owner:Record) RETURN owner.key }),
           said: properties(said),
           deviations: COLLECT {
             MATCH (element)<-[:DEVIATES_AT]-(deviation:Deviation)-[:FOUND_BY]->(verification)
             RETURN deviation {.key, .status} ORDER BY deviation.key
           }
         } ORDER BY element.key
       } AS elements
