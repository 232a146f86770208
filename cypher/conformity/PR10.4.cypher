// conformity.PR10.4 (read)
// Information on known errors and workarounds is kept up to date.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        known errors that were active, and other workarounds that were offered, at some
//                            time in the period
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   not_communicated  P7D
// limit   outlived          P14D
// seek    -
// budget  5 s for 20,000 of them
// why     Nothing ends a known error by itself but the end of its problem, and reviews are only asked for.
CALL () {
  MATCH (unit:KnownError)
  WHERE unit.created_at < $until AND coalesce(unit.closed_at, $until) >= $since
  WITH unit, 'KnownError' AS kind, CASE WHEN unit.closed_at < $until THEN unit.closed_at ELSE $until END AS over,
       COLLECT {
         MATCH (unit)<-[changed:CHANGED]-(entry:LedgerEntry)
         WHERE entry.at < $until AND entry.verb IN ['known_error.verify', 'known_error.describe']
           AND changed.before CONTAINS '"review_due_at":"'
           AND changed.before CONTAINS '"verified_at":"'
           AND split(split(changed.before, '"review_due_at":"')[1], '"')[0] < entry.at
         RETURN entry.at
       } AS late,
       COLLECT {
         MATCH (unit)<-[:CHANGED]-(entry:LedgerEntry {verb: 'known_error.communicate'})
         RETURN entry.at ORDER BY entry.seq LIMIT 1
       }[0] AS told
  RETURN unit, kind, [
    {fails: unit.review_due_at IS NULL,
     indicator: 'no_review_planned', why: 'no rule says when it is looked at again'},
    {fails: size(late) > 0 OR (unit.verified_at IS NOT NULL AND unit.review_due_at < over),
     indicator: 'workaround_reviewed_late', why: 'it was not looked at again when that was due'},
    {fails: datetime(unit.created_at) + duration($limits.not_communicated)
       < datetime(CASE WHEN told < over THEN told ELSE over END),
     indicator: 'not_communicated', why: 'neither staff nor users were told of it within {limit}'},
    {fails: EXISTS {
         MATCH (unit)-[:KNOWN_FROM]->(:Problem)<-[:RESOLVES]-(change:Change)
         WHERE change.outcome = 'successful'
           AND datetime(change.ends_at) + duration($limits.outlived) < datetime(over)
       },
     indicator: 'outlived', why: 'a change removed its cause, and it was offered for {limit} after that'},
    {fails: unit.used >= 3 AND 2 * unit.helped < unit.used,
     indicator: 'does_not_help', why: 'its workaround fails more often than it helps, and nobody has changed it'}
  ] AS checks
  UNION ALL
  MATCH (unit:Workaround)
  WHERE unit.created_at < $until AND coalesce(unit.closed_at, $until) >= $since
  WITH unit, 'Workaround' AS kind, CASE WHEN unit.closed_at < $until THEN unit.closed_at ELSE $until END AS over,
       COLLECT {
         MATCH (unit)<-[changed:CHANGED]-(entry:LedgerEntry)
         WHERE entry.at < $until AND entry.verb IN ['workaround.verify', 'workaround.describe']
           AND changed.before CONTAINS '"review_due_at":"'
           AND changed.before CONTAINS '"verified_at":"'
           AND split(split(changed.before, '"review_due_at":"')[1], '"')[0] < entry.at
         RETURN entry.at
       } AS late
  RETURN unit, kind, [
    {fails: size(late) > 0 OR (unit.verified_at IS NOT NULL AND unit.review_due_at < over),
     indicator: 'other_reviewed_late', why: 'this other workaround was not looked at again when that was due'},
    {fails: unit.used >= 3 AND 2 * unit.helped < unit.used,
     indicator: 'other_does_not_help', why: 'it fails more often than it helps, and nobody has changed it'}
  ] AS checks
}
WITH unit, kind, checks
WITH unit, kind, [each IN checks WHERE each.fails | {indicator: each.indicator, why: each.why}] AS failed
ORDER BY unit.key
WITH count(unit) AS checked,
     sum(CASE WHEN size(failed) = 0 THEN 1 ELSE 0 END) AS conforming,
     sum(CASE kind WHEN 'KnownError' THEN 1 ELSE 0 END) AS known_errors,
     sum(CASE kind WHEN 'Workaround' THEN 1 ELSE 0 END) AS other_workarounds,
     collect(CASE WHEN size(failed) > 0 THEN [unit, kind, failed] END) AS lacking
RETURN checked, conforming,
       COLLECT {
         UNWIND lacking AS one
         UNWIND one[2] AS each
         RETURN {id: one[0].id, kind: one[1], key: one[0].key, indicator: each.indicator, why: each.why}
         LIMIT $limit
       } AS violations,
       {known_errors: known_errors, other_workarounds: other_workarounds} AS evidence
