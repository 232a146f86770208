// csi.report_by_ref (read)
// A record that reports something, by id or key, with what it is about and what was suggested from it.
//
// $ref  str  id or key
// -> record     map        its properties
// -> labels     list[str]  its labels
// -> suggested  list[str]  ids of the suggestions that came from it
// -> about      list[map]  {id, labels} of the elements that it is about; 20 at most
//
// seek    process_record_key record_id post_implementation_review_key deployment_review_key document_key
// budget  3 ms
// why     One read before one write.
CALL () {
  MATCH (record:ProcessRecord {key: $ref}) RETURN record
  UNION
  MATCH (record:PostImplementationReview {key: $ref}) RETURN record
  UNION
  MATCH (record:DeploymentReview {key: $ref}) RETURN record
  UNION
  MATCH (record:Document {key: $ref}) RETURN record
  UNION
  MATCH (record:Record {id: $ref})
  WHERE record:MajorIncidentReview|PostImplementationReview|DeploymentReview|Verification|TrendFinding|Document
  RETURN record
}
RETURN properties(record) AS record, labels(record) AS labels,
       [(record)<-[:COMES_FROM]-(suggestion:Suggestion) | suggestion.id] AS suggested,
       COLLECT {
         CALL (record) {
           MATCH (record)-[:EXAMINES]->(:Incident)-[:AFFECTS]->(element:Element) RETURN element
           UNION
           MATCH (record)-[:REVIEWS]->(:Change)-[:CHANGES]->(element:Element) RETURN element
           UNION
           MATCH (record)<-[:FOUND_BY]-(:Deviation)-[:DEVIATES_AT]->(element:Element) RETURN element
           UNION
           MATCH (record)-[:STANDS_OUT]->(element:Element) RETURN element
         }
         WITH DISTINCT element ORDER BY element.key LIMIT 20
         RETURN {id: element.id, labels: labels(element)}
       } AS about
