// pm.trend_context (read)
// A review of a period by its identity, and what is known of subjects that stand out. One row.
//
// $identity  str        of the review
// $subjects  list[map]  {subject, elements, incidents}: ids of what it is about and of who counts
// -> review    map        properties of the review; null: there is none
// -> subjects  list[map]  {subject, findings, problems}: findings as {finding, counts, hangs_on}, relations as
//                          {id, properties}, the newest first; keys of open problems that look at the same,
//                          that with most of the incidents first
//
// seek    trend_review_identity trend_finding_subject record_id
// budget  50 ms for fifty subjects
// why     The same period is the same review, and the same subject in it the same finding (PR10.1).
RETURN COLLECT {
         MATCH (review:TrendReview {identity: $identity})
         RETURN properties(review)
       }[0] AS review,
       COLLECT {
         UNWIND $subjects AS one
         RETURN {
           subject: one.subject,
           findings: COLLECT {
             MATCH (finding:TrendFinding {subject: one.subject})
             RETURN {
               finding: properties(finding),
               counts: [(finding)-[link:COUNTS]->(far:Record) | {id: far.id, properties: properties(link)}],
               hangs_on: [(finding)-[link:HANGS_ON]->(far:Record) | {id: far.id, properties: properties(link)}]
             } ORDER BY finding.until DESC, finding.id DESC
           },
           problems: COLLECT {
             CALL (one) {
               UNWIND one.incidents AS id
               MATCH (:Record {id: id})-[:CAUSED_BY]->(problem:Problem)
               RETURN problem
               UNION ALL
               UNWIND one.elements AS id
               MATCH (:Record {id: id})<-[:INVESTIGATES]-(problem:Problem)
               RETURN problem
             }
             WITH problem, count(*) AS times WHERE problem.closed_at IS NULL
             RETURN problem.key ORDER BY times DESC, problem.key
           }
         }
       } AS subjects
