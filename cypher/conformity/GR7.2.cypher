// conformity.GR7.2 (read)
// Policy, plan and processes are improved, by way of improvement management.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        reviews that were held in the period and decided something
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   decision_left  P30D
// seek    -
// budget  2 s for 20,000 of them
// why     What is decided in a review is followed by nobody, unless it becomes a suggestion or a nonconformity.
CALL () {
  MATCH (unit:Review)
  WHERE $since <= unit.held_at < $until AND size(coalesce(unit.decisions, [])) > 0
  RETURN unit, 'Review' AS kind, [
    {fails: datetime(unit.held_at) + duration($limits.decision_left) < datetime($until) AND NOT EXISTS {
       MATCH (unit)-[:GAVE_RISE_TO]->(after:Suggestion)
       WHERE datetime(after.created_at) <= datetime(unit.held_at) + duration($limits.decision_left)
     } AND NOT EXISTS {
       MATCH (unit)<-[:FOUND_IN]-(after:Nonconformity)
       WHERE datetime(after.created_at) <= datetime(unit.held_at) + duration($limits.decision_left)
     },
     indicator: 'decision_left', why: 'nothing was suggested or raised from it within {limit}'}
  ] AS checks
}
WITH unit, kind, [each IN checks WHERE each.fails | {indicator: each.indicator, why: each.why}] AS failed
ORDER BY unit.key
WITH count(unit) AS checked,
     sum(CASE WHEN size(failed) = 0 THEN 1 ELSE 0 END) AS conforming,
     sum(CASE kind WHEN 'Review' THEN 1 ELSE 0 END) AS reviews,
     collect(CASE WHEN size(failed) > 0 THEN [unit, kind, failed] END) AS lacking
RETURN checked, conforming,
       COLLECT {
         UNWIND lacking AS one
         UNWIND one[2] AS each
         RETURN {id: one[0].id, kind: one[1], key: one[0].key, indicator: each.indicator, why: each.why}
         LIMIT $limit
       } AS violations,
       {reviews: reviews} AS evidence
