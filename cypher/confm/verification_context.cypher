// confm.verification_context (read)
// A verification by id or key with what was found of its sample; what was retired unseen counts not.
//
// $ref  str  id or key
// -> verification  map        its properties
// -> examined      list[map]  properties of its relations to them
//
// seek    process_record_key record_id
// budget  10 ms for 500 elements
// why     Its outcome follows from what was found (PR11.5).
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
         MATCH (verification)-[examined:VERIFIES]->(element:Record)
         WHERE element:Element OR examined.attested IS NOT NULL
         RETURN properties(examined)
       } AS examined
