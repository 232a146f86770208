// conformity.GR7.1 (read)
// Nonconformities are identified, and actions are taken that keep them from coming back.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// -> checked     int        suggestions of the period that come from nonconformities, assessments or audits,
//                            and say from which finding
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// seek    suggestion_finding
// budget  5 s for 20,000 of them
// why     That something was improved is said by people; that the same is found again is not.
MATCH (unit:Suggestion)
WHERE $since <= unit.created_at < $until AND unit.finding <> ''
  AND unit.source IN ['nonconformity', 'assessment', 'audit']
WITH unit, 'Suggestion' AS kind, [
  {fails: EXISTS {
     MATCH (former:Suggestion {finding: unit.finding})<-[:FOLLOWS]-(improvement:Improvement)
     WHERE improvement.closed_at < unit.created_at AND improvement.status = 'reviewed'
   },
   indicator: 'came_back', why: 'an improvement was to end it, and it was found again'}
] AS checks
WITH unit, kind, [each IN checks WHERE each.fails | {indicator: each.indicator, why: each.why}] AS failed
ORDER BY unit.key
WITH count(unit) AS checked,
     sum(CASE WHEN size(failed) = 0 THEN 1 ELSE 0 END) AS conforming,
     sum(CASE kind WHEN 'Suggestion' THEN 1 ELSE 0 END) AS suggestions,
     collect(CASE WHEN size(failed) > 0 THEN [unit, kind, failed] END) AS lacking
RETURN checked, conforming,
       COLLECT {
         UNWIND lacking AS one
         UNWIND one[2] AS each
         RETURN {id: one[0].id, kind: one[1], key: one[0].key, indicator: each.indicator, why: each.why}
         LIMIT $limit
       } AS violations,
       {suggestions: suggestions} AS evidence
