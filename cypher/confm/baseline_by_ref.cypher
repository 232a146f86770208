// confm.baseline_by_ref (read)
// A baseline by id or key with what it selects. One row, or none.
//
// $ref  str  id or key
// -> baseline  map        its properties
// -> services  list[str]  ids of services
// -> owners    list[str]  ids of persons and groups
//
// seek    process_record_key record_id
// budget  2 ms
// why     A baseline refers to what it holds by id: keys are given anew.
CALL () {
  MATCH (baseline:ProcessRecord {key: $ref})
  WHERE baseline:Baseline
  RETURN baseline
  UNION
  MATCH (baseline:Record&Baseline {id: $ref})
  RETURN baseline
}
RETURN properties(baseline) AS baseline,
       COLLECT { MATCH (baseline)-[:HOLDS_SERVICE]->(service:Record) RETURN service.id } AS services,
       COLLECT { MATCH (baseline)-[:HOLDS_OWNED_BY]->(owner:Record) RETURN owner.id } AS owners
