// conformity.PR14.2 (read)
// Opportunities for improvement are evaluated in a consistent manner, with actions to address them.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        suggestions that waited at some time in the period, or whose improvement went on
//                            in it
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   suggestion_unanswered  P30D
// limit   no_actions             P30D
// seek    -
// budget  5 s for 20,000 of them
// why     Points are advice, a rejection needs no evaluation, and nothing asks for an action.
MATCH (unit:Suggestion)
WHERE unit.created_at < $until
OPTIONAL MATCH (unit)<-[:FOLLOWS]-(improvement:Improvement)
WITH unit, improvement, CASE WHEN unit.closed_at < $until THEN unit.closed_at ELSE $until END AS over
WHERE coalesce(unit.closed_at, $until) >= $since OR coalesce(improvement.closed_at, $until) >= $since
  AND improvement IS NOT NULL
WITH unit, 'Suggestion' AS kind, [
  {fails: datetime(unit.created_at) + duration($limits.suggestion_unanswered) < datetime(over),
   indicator: 'suggestion_unanswered', why: 'it was not decided on within {limit}'},
  {fails: unit.status = 'rejected' AND unit.score IS NULL,
   indicator: 'rejected_unseen', why: 'it was rejected, and nobody has evaluated it'},
  {fails: unit.status = 'accepted' AND last(unit.because) CONTAINS 'not worthwhile',
   indicator: 'against_the_points', why: 'it was accepted, and its points say that it is not worth it'},
  {fails: improvement IS NOT NULL
     AND datetime(improvement.created_at) + duration($limits.no_actions) < datetime($until) AND NOT EXISTS {
       MATCH (improvement)<-[:CARRIES_OUT]-(action:ImprovementAction)
       WHERE datetime(action.created_at) <= datetime(improvement.created_at) + duration($limits.no_actions)
     },
   indicator: 'no_actions', why: 'it was accepted, and no action was planned within {limit}'}
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
