// conformity.PR10.3 (read)
// A problem that is not resolved for good is registered as a known error, with what helps until then.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        problems whose cause was known while they were open, and known errors that were
//                            active, and other workarounds that were offered, in the period
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   not_registered  P14D
// limit   no_workaround   P30D
// limit   never_verified  P30D
// limit   other_never_verified  P30D
// seek    -
// budget  5 s for 20,000 of them
// why     A known error may be registered without a workaround, and a problem may wait without a known
//         error.
CALL () {
  MATCH (unit:Problem)<-[:CHANGED]-(entry:LedgerEntry {verb: 'problem.diagnose'})
  WHERE entry.at < $until AND coalesce(unit.closed_at, $until) >= $since
  WITH unit, min(entry.at) AS known_since, CASE WHEN unit.closed_at < $until THEN unit.closed_at ELSE $until END AS over
  RETURN unit, 'Problem' AS kind, [
    {fails: datetime(known_since) + duration($limits.not_registered) < datetime(over) AND NOT EXISTS {
         MATCH (unit)<-[:KNOWN_FROM]-(known:KnownError)
         WHERE datetime(known.created_at) <= datetime(known_since) + duration($limits.not_registered)
       },
     indicator: 'not_registered',
     why: 'its cause was known and not removed for {limit}, and no known error was registered'}
  ] AS checks
  UNION ALL
  MATCH (unit:KnownError)
  WHERE unit.created_at < $until AND coalesce(unit.closed_at, $until) >= $since
  WITH unit, CASE WHEN unit.closed_at < $until THEN unit.closed_at ELSE $until END AS over,
       COLLECT {
         MATCH (unit)<-[:CHANGED]-(entry:LedgerEntry)
         WHERE entry.verb IN ['known_error.describe', 'known_error.verify']
         RETURN {at: entry.at, verb: entry.verb} ORDER BY entry.seq
       } AS acts
  WITH unit, over,
       [each IN acts WHERE each.verb = 'known_error.describe' | each.at] AS described,
       [each IN acts WHERE each.verb = 'known_error.verify' | each.at] AS verified
  RETURN unit, 'KnownError' AS kind, [
    {fails: coalesce(unit.workaround, '') = '' AND NOT EXISTS { (unit)<-[:HELPS_AGAINST]-(:Workaround) }
       AND datetime(unit.created_at) + duration($limits.no_workaround) < datetime(over),
     indicator: 'no_workaround', why: 'nothing helps against it {limit} after it was registered'},
    {fails: unit.workaround <> '' AND coalesce(unit.carried_out_by, '') = '',
     indicator: 'nobody_carries_out', why: 'it does not say who carries its workaround out'},
    {fails: unit.workaround <> '' AND size([each IN verified WHERE each < $until]) = 0
       AND datetime(coalesce(described[0], unit.created_at)) + duration($limits.never_verified) < datetime(over),
     indicator: 'never_verified', why: 'nobody has seen that its workaround helps, for {limit}'}
  ] AS checks
  UNION ALL
  MATCH (unit:Workaround)
  WHERE unit.created_at < $until AND coalesce(unit.closed_at, $until) >= $since
  WITH unit, CASE WHEN unit.closed_at < $until THEN unit.closed_at ELSE $until END AS over,
       COLLECT {
         MATCH (unit)<-[:CHANGED]-(entry:LedgerEntry {verb: 'workaround.verify'})
         WHERE entry.at < $until
         RETURN entry.at
       } AS verified
  RETURN unit, 'Workaround' AS kind, [
    {fails: coalesce(unit.carried_out_by, '') = '',
     indicator: 'other_of_nobody', why: 'it does not say who carries it out'},
    {fails: size(verified) = 0
       AND datetime(unit.created_at) + duration($limits.other_never_verified) < datetime(over),
     indicator: 'other_never_verified', why: 'nobody has seen that this other workaround helps, for {limit}'}
  ] AS checks
}
WITH unit, kind, checks
WITH unit, kind, [each IN checks WHERE each.fails | {indicator: each.indicator, why: each.why}] AS failed
ORDER BY unit.key
WITH count(unit) AS checked,
     sum(CASE WHEN size(failed) = 0 THEN 1 ELSE 0 END) AS conforming,
     sum(CASE kind WHEN 'Problem' THEN 1 ELSE 0 END) AS problems,
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
       {problems: problems, known_errors: known_errors, other_workarounds: other_workarounds} AS evidence
