// conformity.GR6.1 (read)
// The processes are measured by key performance indicators, and what those say is acted on.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        definitions of KPIs that were in force at the end of the period
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   kpi_not_measured   P100D
// limit   missed_unanswered  P30D
// seek    -
// budget  1 s for 10,000 values
// why     A value may be kept by nobody, as the scheduler may stand still; and nobody has to do
//         anything about a target that is missed.
MATCH (unit:Policy {kind: 'kpi'})
WHERE unit.approved_at < $until AND coalesce(unit.retired_at, $until) >= $until
WITH unit, 'Policy' AS kind, COLLECT {
  MATCH (value:KPIValue {kpi: unit.name})
  WHERE value.created_at < $until
  RETURN value
} AS kept
WITH unit, kind, size([each IN kept WHERE $since <= each.created_at]) AS counted, [
  {fails: datetime(unit.approved_at) + duration($limits.kpi_not_measured) < datetime($until)
     AND none(each IN kept WHERE datetime(each.created_at) >= datetime($until) - duration($limits.kpi_not_measured)),
   indicator: 'kpi_not_measured', why: 'no value of it was kept for {limit}'},
  {fails: EXISTS {
     UNWIND kept AS missed
     WITH missed
     WHERE missed.standing = 'missed' AND missed.created_at >= $since
       AND datetime(missed.created_at) + duration($limits.missed_unanswered) < datetime($until) AND NOT EXISTS {
         MATCH (answer:Suggestion {finding: 'kpi/' + unit.name})
         WHERE datetime(answer.created_at) <= datetime(missed.created_at) + duration($limits.missed_unanswered)
           AND coalesce(answer.closed_at >= missed.created_at, true)
       }
     RETURN missed
   },
   indicator: 'missed_unanswered', why: 'its target was missed, and nobody suggested anything within {limit}'}
] AS checks
WITH unit, kind, counted, [each IN checks WHERE each.fails | {indicator: each.indicator, why: each.why}] AS failed
ORDER BY unit.key
WITH count(unit) AS checked,
     sum(CASE WHEN size(failed) = 0 THEN 1 ELSE 0 END) AS conforming,
     sum(counted) AS counted,
     collect(CASE WHEN size(failed) > 0 THEN [unit, kind, failed] END) AS lacking
RETURN checked, conforming,
       COLLECT {
         UNWIND lacking AS one
         UNWIND one[2] AS each
         RETURN {id: one[0].id, kind: one[1], key: one[0].key, indicator: each.indicator, why: each.why}
         LIMIT $limit
       } AS violations,
       {definitions: checked, values: counted} AS evidence
