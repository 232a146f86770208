// csi.improvement_context (read)
// An improvement by id or key with its actions, and what it aims at.
//
// $ref  str  id or key
// -> improvement  map        its properties
// -> actions      list[map]  properties of its actions
// -> aims         list[map]  {id, kpi, link} of the value that it is to better; one at most
//
// seek    process_record_key record_id
// budget  3 ms
// why     It is implemented when its actions are done (PR14.3).
CALL () {
  MATCH (improvement:ProcessRecord {key: $ref})
  WHERE improvement:Improvement
  RETURN improvement
  UNION
  MATCH (improvement:Record&Improvement {id: $ref})
  RETURN improvement
}
RETURN properties(improvement) AS improvement,
       COLLECT {
         MATCH (improvement)<-[:CARRIES_OUT]-(action:ImprovementAction)
         RETURN properties(action) ORDER BY action.key
       } AS actions,
       [(improvement)-[aim:AIMS_AT]->(value:KPIValue) |
         {id: value.id, kpi: value.kpi, link: properties(aim)}] AS aims
