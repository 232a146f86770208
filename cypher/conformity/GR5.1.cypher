// conformity.GR5.1 (read)
// The service management plan is carried out: its goals are followed to the day they are decided on.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        goals that were open in the period, and versions of plans of the system in force at its end
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   goal_undecided  P14D
// seek    -
// budget  1 s for 10,000 of them
// why     A goal is set and then forgotten: nothing but its day asks for it again.
CALL () {
  MATCH (unit:Goal)
  WHERE unit.created_at < $until AND coalesce(unit.closed_at, $until) >= $since
  RETURN unit, 'Goal' AS kind, [
    {fails: datetime(unit.due_at) + duration($limits.goal_undecided)
       < datetime(CASE WHEN unit.closed_at < $until THEN unit.closed_at ELSE $until END),
     indicator: 'goal_undecided', why: 'its day was over for {limit}, and nobody said whether it was reached'},
    {fails: NOT EXISTS { MATCH (unit)-[:OWNED_BY]->(:Record) },
     indicator: 'goal_unowned', why: 'nobody answers for it'}
  ] AS checks
  UNION ALL
  MATCH (unit:ManagementDocument {kind_of_document: 'plan'})
  WHERE unit.of_process = '' AND unit.approved_at < $until AND coalesce(unit.closed_at, $until) >= $until
  RETURN unit, 'ManagementDocument' AS kind, [
    {fails: NOT EXISTS {
       MATCH (goal:Goal)-[:GOAL_OF]->(:ManagementDocument {series: unit.series})
       WHERE goal.created_at < $until
     }, indicator: 'plan_without_goals', why: 'no goal of it is kept, so that nobody sees whether it is carried out'}
  ] AS checks
}
WITH unit, kind, [each IN checks WHERE each.fails | {indicator: each.indicator, why: each.why}] AS failed
ORDER BY unit.key
WITH count(unit) AS checked,
     sum(CASE WHEN size(failed) = 0 THEN 1 ELSE 0 END) AS conforming,
     sum(CASE kind WHEN 'Goal' THEN 1 ELSE 0 END) AS goals,
     sum(CASE WHEN unit.status = 'reached' THEN 1 ELSE 0 END) AS reached,
     collect(CASE WHEN size(failed) > 0 THEN [unit, kind, failed] END) AS lacking
RETURN checked, conforming,
       COLLECT {
         UNWIND lacking AS one
         UNWIND one[2] AS each
         RETURN {id: one[0].id, kind: one[1], key: one[0].key, indicator: each.indicator, why: each.why}
         LIMIT $limit
       } AS violations,
       {goals: goals, reached: reached, plans: checked - goals} AS evidence
