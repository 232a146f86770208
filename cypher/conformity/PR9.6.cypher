// conformity.PR9.6 (read)
// Major incidents are identified by defined criteria, and handled in a consistent manner.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        incidents that went on in the period, and met criteria of a major incident at
//                            some time, or were declared one
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   not_declared         PT4H
// limit   declared_late        PT4H
// limit   major_reviewed_late  P10D
// seek    -
// budget  5 s for 20,000 of them
// why     Criteria propose, and a person declares: the product stops nobody who does not. Criteria that were
//         met once are read from the ledger, so that clearing what an incident affects hides nothing.
MATCH (unit:Incident)
WHERE unit.created_at < $until AND coalesce(unit.closed_at, $until) >= $since
WITH unit, 'Incident' AS kind, CASE WHEN unit.closed_at < $until THEN unit.closed_at ELSE $until END AS over,
     COLLECT {
       MATCH (unit)<-[changed:CHANGED]-(entry:LedgerEntry)
       WHERE changed.type IS NULL AND changed.before CONTAINS '"major_criteria":'
       RETURN {at: entry.at, met: changed.before CONTAINS '"major_criteria":["'}
       ORDER BY entry.seq
     } AS turns
WITH unit, kind, over, turns,
     [each IN turns | each.met] + [size(coalesce(unit.major_criteria, [])) > 0] AS met,
     [unit.created_at] + [each IN turns | each.at] AS since_when
WITH unit, kind, over,
     CASE WHEN unit.major_since < $until THEN unit.major_since END AS declared,
     [n IN range(0, size(met) - 1) WHERE met[n] AND since_when[n] < $until | since_when[n]][0] AS first
WHERE first IS NOT NULL OR declared IS NOT NULL
WITH unit, kind, [
  {fails: declared IS NULL AND datetime(first) + duration($limits.not_declared) < datetime($until),
   indicator: 'not_declared', why: 'it met the criteria of a major incident, and nobody declared it one within {limit}'},
  {fails: datetime(first) + duration($limits.declared_late) < datetime(declared),
   indicator: 'declared_late', why: 'it was declared more than {limit} after it met the criteria'},
  {fails: declared IS NOT NULL AND unit.resolved_at < $until AND NOT EXISTS {
       MATCH (unit)<-[:EXAMINES]-(review:MajorIncidentReview)
       WHERE datetime(review.closed_at) <= datetime(unit.resolved_at) + duration($limits.major_reviewed_late)
     } AND datetime(unit.resolved_at) + duration($limits.major_reviewed_late) < datetime($until),
   indicator: 'major_reviewed_late', why: 'its review was not done within {limit} after it was resolved'}
] AS checks
WITH unit, kind, [each IN checks WHERE each.fails | {indicator: each.indicator, why: each.why}] AS failed
ORDER BY unit.key
WITH count(unit) AS checked,
     sum(CASE WHEN size(failed) = 0 THEN 1 ELSE 0 END) AS conforming,
     sum(CASE kind WHEN 'Incident' THEN 1 ELSE 0 END) AS incidents,
     collect(CASE WHEN size(failed) > 0 THEN [unit, kind, failed] END) AS lacking
RETURN checked, conforming,
       COLLECT {
         UNWIND lacking AS one
         UNWIND one[2] AS each
         RETURN {id: one[0].id, kind: one[1], key: one[0].key, indicator: each.indicator, why: each.why}
         LIMIT $limit
       } AS violations,
       {incidents: incidents} AS evidence
