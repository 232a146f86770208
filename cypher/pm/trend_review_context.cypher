// pm.trend_review_context (read)
// A look through incidents by id or key, with the findings that nobody has decided on. One row, or none.
//
// $ref   str        id or key
// $over  list[str]  states in which a finding is decided on
// -> review     map        its properties
// -> undecided  list[str]  keys of the others of its findings
//
// seek    process_record_key record_id
// budget  5 ms
// why     One read before one write.
CALL () {
  MATCH (review:ProcessRecord {key: $ref})
  WHERE review:TrendReview
  RETURN review
  UNION
  MATCH (review:Record&TrendReview {id: $ref})
  RETURN review
}
RETURN properties(review) AS review,
       COLLECT {
         MATCH (review)<-[:BROUGHT_UP_IN]-(finding:TrendFinding)
         WHERE NOT finding.status IN $over
         RETURN finding.key ORDER BY finding.rank, finding.key
       } AS undecided
