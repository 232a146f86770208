// conformity.GR7.1 (read)
// Nonconformities are identified, and actions are taken that keep them from coming back.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        nonconformities that were raised in the period or open in it, and suggestions of the period that come from nonconformities, assessments or audits, and say from which finding
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   correction_unseen  P30D
// seek    suggestion_finding
// budget  2 s for 20,000 of them
// why     That something was corrected is said by people; that it was late, or is found again, is not.
CALL () {
  MATCH (unit:Suggestion)
  WHERE $since <= unit.created_at < $until AND unit.finding <> ''
    AND unit.source IN ['nonconformity', 'assessment', 'audit']
  RETURN unit, 'Suggestion' AS kind, [
    {fails: EXISTS {
       MATCH (former:Suggestion {finding: unit.finding})<-[:FOLLOWS]-(improvement:Improvement)
       WHERE improvement.closed_at < unit.created_at AND improvement.status = 'reviewed'
     },
     indicator: 'came_back', why: 'an improvement was to end it, and it was found again'}
  ] AS checks
  UNION ALL
  MATCH (unit:Nonconformity)
  WHERE unit.created_at < $until AND coalesce(unit.closed_at, $until) >= $since
  WITH unit, CASE WHEN coalesce(unit.corrected_at, unit.closed_at) < $until
                  THEN coalesce(unit.corrected_at, unit.closed_at) ELSE $until END AS settled
  RETURN unit, 'Nonconformity' AS kind, [
    {fails: unit.due_at < settled,
     indicator: 'nonconformity_late', why: 'it was not corrected in time'},
    {fails: NOT EXISTS { MATCH (unit)-[:OWNED_BY]->(:Record) },
     indicator: 'nonconformity_unowned', why: 'nobody sees to it'},
    {fails: datetime(unit.corrected_at) + duration($limits.correction_unseen)
       < datetime(CASE WHEN unit.closed_at < $until THEN unit.closed_at ELSE $until END),
     indicator: 'correction_unseen', why: 'nobody saw for more than {limit} whether it is gone'}
  ] AS checks
}
WITH unit, kind, [each IN checks WHERE each.fails | {indicator: each.indicator, why: each.why}] AS failed
ORDER BY unit.key
WITH count(unit) AS checked,
     sum(CASE WHEN size(failed) = 0 THEN 1 ELSE 0 END) AS conforming,
     sum(CASE kind WHEN 'Suggestion' THEN 1 ELSE 0 END) AS suggestions,
     sum(CASE kind WHEN 'Nonconformity' THEN 1 ELSE 0 END) AS nonconformities,
     collect(CASE WHEN size(failed) > 0 THEN [unit, kind, failed] END) AS lacking
RETURN checked, conforming,
       COLLECT {
         UNWIND lacking AS one
         UNWIND one[2] AS each
         RETURN {id: one[0].id, kind: one[1], key: one[0].key, indicator: each.indicator, why: each.why}
         LIMIT $limit
       } AS violations,
       {suggestions: suggestions, nonconformities: nonconformities} AS evidence
