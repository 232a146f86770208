// conformity.PR12.5 (read)
// Changes are reviewed after their implementation as needed, and closed in a consistent manner.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        changes that were begun before the end of the period, and not over before it
//                            began, also those that were cancelled under way
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   change_left_open  P30D
// limit   suspects_left     P14D
// seek    -
// budget  5 s for 20,000 of them
// why     A review falls due and is held by nobody, and a change that is cancelled under way has no outcome and
//         no review: that is no way out.
MATCH (unit:Change)
WHERE unit.starts_at < $until AND coalesce(unit.closed_at, $until) >= $since
WITH unit, 'Change' AS kind, CASE WHEN unit.closed_at < $until THEN unit.closed_at ELSE $until END AS over
WITH unit, kind, [
  {fails: EXISTS {
       MATCH (unit)<-[:REVIEWS]-(review:PostImplementationReview)
       WHERE review.due_at < CASE WHEN coalesce(review.done_at) < $until THEN coalesce(review.done_at) ELSE $until END
     },
   indicator: 'change_reviewed_late', why: 'it was not reviewed when that was due'},
  {fails: datetime(unit.ends_at) + duration($limits.change_left_open) < datetime(over),
   indicator: 'change_left_open', why: 'it was not closed within {limit} after its end'},
  {fails: size(unit.suspects) > 0 AND datetime(unit.ends_at) + duration($limits.suspects_left) < datetime($until),
   indicator: 'suspects_left', why: 'incidents may have come from it, and nobody looked at them within {limit} after its end'},
  {fails: unit.closed_at < $until AND unit.status = 'closed'
     AND (unit.outcome = 'failed' OR unit.type = 'emergency') AND NOT EXISTS {
       MATCH (unit)<-[:REVIEWS]-(review:PostImplementationReview) WHERE review.done_at IS NOT NULL
     },
   indicator: 'closed_unreviewed', why: 'it failed or was an emergency, and nobody reviewed it'},
  {fails: unit.status = 'cancelled',
   indicator: 'cancelled_under_way', why: 'it was cancelled while it was implemented, without an outcome'}
] AS checks
WITH unit, kind, [each IN checks WHERE each.fails | {indicator: each.indicator, why: each.why}] AS failed
ORDER BY unit.key
WITH count(unit) AS checked,
     sum(CASE WHEN size(failed) = 0 THEN 1 ELSE 0 END) AS conforming,
     sum(CASE kind WHEN 'Change' THEN 1 ELSE 0 END) AS changes,
     collect(CASE WHEN size(failed) > 0 THEN [unit, kind, failed] END) AS lacking
RETURN checked, conforming,
       COLLECT {
         UNWIND lacking AS one
         UNWIND one[2] AS each
         RETURN {id: one[0].id, kind: one[1], key: one[0].key, indicator: each.indicator, why: each.why}
         LIMIT $limit
       } AS violations,
       {changes: changes} AS evidence
