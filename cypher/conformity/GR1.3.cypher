// conformity.GR1.3 (read)
// The SMS owner conducts management reviews at planned intervals.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        reviews of the management that were to be held in the period, or were open; where none was held for a year, that
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   management_review_late  P14D
// limit   no_management_review    P365D
// seek    review_kind_of_review
// budget  2 s for 20,000 of them
// why     Nothing but the plan asks for the next review, and nobody has to decide anything in it.
CALL () {
  MATCH (unit:Review {kind_of_review: 'management_review'})
  WHERE unit.due_at < $until AND unit.created_at < $until AND coalesce(unit.closed_at, $until) >= $since
  RETURN unit, 'Review' AS kind, [
    {fails: datetime(unit.due_at) + duration($limits.management_review_late)
       < datetime(CASE WHEN unit.closed_at < $until THEN unit.closed_at ELSE $until END),
     indicator: 'management_review_late', why: 'it was held more than {limit} late, or not at all'},
    {fails: unit.held_at < $until AND size(coalesce(unit.decisions, [])) = 0,
     indicator: 'nothing_decided', why: 'it was held, and nothing was decided'}
  ] AS checks
  UNION ALL
  WITH {id: '', key: 'management reviews'} AS unit
  WHERE EXISTS { MATCH (someone:Person) WHERE datetime(someone.created_at) + duration($limits.no_management_review) < datetime($until) }
    AND NOT EXISTS {
      MATCH (held:Review {kind_of_review: 'management_review'})
      WHERE held.held_at < $until AND datetime(held.held_at) + duration($limits.no_management_review) >= datetime($until)
    }
  RETURN unit, 'System' AS kind, [
    {fails: true, indicator: 'no_management_review', why: 'none was held for {limit}'}
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
