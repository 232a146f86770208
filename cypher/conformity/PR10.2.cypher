// conformity.PR10.2 (read)
// Problems are investigated to identify actions that resolve them or reduce their impact.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        problems that were open at some time in the period, also those that were given
//                            up
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   undiagnosed      P30D
// limit   no_action        P60D
// limit   problem_unowned  P1D
// limit   recurred         P30D
// seek    -
// budget  5 s for 20,000 of them
// why     No verb has a time limit, and a problem is resolved by saying so. What was done late stays late.
MATCH (unit:Problem)
WHERE unit.created_at < $until AND coalesce(unit.closed_at, $until) >= $since
WITH unit, 'Problem' AS kind, CASE WHEN unit.closed_at < $until THEN unit.closed_at ELSE $until END AS over,
     COLLECT {
       MATCH (unit)<-[:CHANGED]-(entry:LedgerEntry)
       WHERE entry.verb IN ['problem.diagnose', 'problem_cause.confirm']
       RETURN entry.at ORDER BY entry.seq LIMIT 1
     }[0] AS known_since
WITH unit, kind, over, CASE WHEN known_since < over THEN known_since END AS known_since
WITH unit, kind, [
  {fails: datetime(unit.created_at) + duration($limits.undiagnosed) < datetime(coalesce(known_since, over)),
   indicator: 'undiagnosed', why: 'its cause was not found within {limit}'},
  {fails: datetime(known_since) + duration($limits.no_action) < datetime(over) AND NOT EXISTS {
       MATCH (unit)<-[:RESOLVES|RAISED_FROM]-(change:Change)
       WHERE datetime(change.created_at) <= datetime(known_since) + duration($limits.no_action)
     } AND NOT EXISTS {
       MATCH (unit)<-[:OPTION_OF]-(option:ProblemOption {status: 'chosen'})
       WHERE datetime(option.closed_at) <= datetime(known_since) + duration($limits.no_action)
     },
   indicator: 'no_action', why: 'its cause is known for {limit}, and neither was a change raised nor an option chosen'},
  {fails: datetime(unit.created_at) + duration($limits.problem_unowned) < datetime($until)
     AND NOT EXISTS { (unit)-[:OWNED_BY]->(:Record) },
   indicator: 'problem_unowned', why: 'nobody answers for it {limit} after it was registered'},
  {fails: unit.status = 'resolved' AND EXISTS {
       MATCH (unit)-[:INVESTIGATES]->(:Element)<-[:AFFECTS]-(again:Incident)
       WHERE unit.closed_at < again.created_at AND again.created_at < $until
         AND datetime(again.created_at) <= datetime(unit.closed_at) + duration($limits.recurred)
         AND NOT EXISTS { (again)-[:CAUSED_BY]->(:Problem) }
     },
   indicator: 'recurred', why: 'it was called resolved, and the same was hit again within {limit}'}
] AS checks
WITH unit, kind, [each IN checks WHERE each.fails | {indicator: each.indicator, why: each.why}] AS failed
ORDER BY unit.key
WITH count(unit) AS checked,
     sum(CASE WHEN size(failed) = 0 THEN 1 ELSE 0 END) AS conforming,
     sum(CASE kind WHEN 'Problem' THEN 1 ELSE 0 END) AS problems,
     sum(COUNT { (unit)<-[:EXPLAINS]-(:ProblemCause) }) AS causes,
     sum(COUNT { (unit)<-[:OPTION_OF]-(:ProblemOption) }) AS options,
     sum(COUNT { (unit)<-[:ESCALATES]-(:Escalation) }) AS escalations,
     collect(CASE WHEN size(failed) > 0 THEN [unit, kind, failed] END) AS lacking
RETURN checked, conforming,
       COLLECT {
         UNWIND lacking AS one
         UNWIND one[2] AS each
         RETURN {id: one[0].id, kind: one[1], key: one[0].key, indicator: each.indicator, why: each.why}
         LIMIT $limit
       } AS violations,
       {problems: problems, causes: causes, options: options, escalations: escalations} AS evidence
