// conformity.PR14.3 (read)
// The implementation of actions for improvement is controlled in a consistent manner.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        improvements and their actions that went on in the period, also those that were
//                            given up
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   silent                    P45D
// limit   improvement_unowned       P1D
// limit   improvement_not_reviewed  P90D
// seek    -
// budget  5 s for 20,000 of them
// why     A day by which something is to be done is a promise, and no guard.
MATCH (unit:Improvement|ImprovementAction)
WHERE unit.created_at < $until AND coalesce(unit.closed_at, $until) >= $since
WITH unit, CASE WHEN unit:Improvement THEN 'Improvement' ELSE 'ImprovementAction' END AS kind, CASE WHEN unit.closed_at < $until THEN unit.closed_at ELSE $until END AS over,
     COLLECT {
       MATCH (unit)<-[:CHANGED]-(entry:LedgerEntry)
       WHERE entry.at < $until
       RETURN entry.at ORDER BY entry.seq
     } AS told
WITH unit, kind, over, [unit.created_at] + [each IN told WHERE each < over] + [over] AS moments
WITH unit, kind, [
  {fails: unit:ImprovementAction AND unit.due_at < over,
   indicator: 'action_overdue', why: 'it was not done by its day'},
  {fails: unit:ImprovementAction AND any(n IN range(1, size(moments) - 1)
     WHERE datetime(moments[n - 1]) + duration($limits.silent) < datetime(moments[n])),
   indicator: 'silent', why: 'nothing was reported of it for {limit}'},
  {fails: datetime(unit.created_at) + duration($limits.improvement_unowned) < datetime($until)
     AND NOT EXISTS { (unit)-[:OWNED_BY]->(:Record) },
   indicator: 'improvement_unowned', why: 'nobody answers for it {limit} after it was registered'},
  {fails: unit:Improvement AND unit.due_at IS NULL,
   indicator: 'undated', why: 'there is no day by which it is to be implemented'},
  {fails: unit:Improvement AND unit.due_at
     < CASE WHEN coalesce(unit.implemented_at, unit.closed_at) < $until THEN coalesce(unit.implemented_at, unit.closed_at) ELSE $until END,
   indicator: 'implemented_late', why: 'it was not implemented by its day'},
  {fails: unit:Improvement AND datetime(unit.implemented_at) + duration($limits.improvement_not_reviewed) < datetime(over),
   indicator: 'improvement_not_reviewed', why: 'nobody looked within {limit} at what it changed'},
  {fails: unit.status = 'reviewed' AND size(split(trim(unit.review), ' ')) < 3,
   indicator: 'effect_not_shown', why: 'its effect is asserted, and hardly a word says by what'}
] AS checks
WITH unit, kind, [each IN checks WHERE each.fails | {indicator: each.indicator, why: each.why}] AS failed
ORDER BY unit.key
WITH count(unit) AS checked,
     sum(CASE WHEN size(failed) = 0 THEN 1 ELSE 0 END) AS conforming,
     sum(CASE kind WHEN 'Improvement' THEN 1 ELSE 0 END) AS improvements,
     sum(CASE kind WHEN 'ImprovementAction' THEN 1 ELSE 0 END) AS actions,
     collect(CASE WHEN size(failed) > 0 THEN [unit, kind, failed] END) AS lacking
RETURN checked, conforming,
       COLLECT {
         UNWIND lacking AS one
         UNWIND one[2] AS each
         RETURN {id: one[0].id, kind: one[1], key: one[0].key, indicator: each.indicator, why: each.why}
         LIMIT $limit
       } AS violations,
       {improvements: improvements, actions: actions} AS evidence
