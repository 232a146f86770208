// conformity.PR10.1 (read)
// Problems are identified from patterns and trends of incidents, and registered in a consistent manner.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        problems registered in the period; elements that three or more of its incidents
//                            affected; major incidents of the period that are resolved; looks through
//                            incidents for trends; rules for these that have been in force for some time
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   major_without_problem  P14D
// limit   trends_never_reviewed  P35D
// seek    -
// budget  5 s for 20,000 of them
// why     Nobody has to register a problem. A problem that is rejected answers for the incidents before that,
//         and not for those after it.
CALL () {
  MATCH (unit:Problem)
  WHERE $since <= unit.created_at < $until
  RETURN unit, 'Problem' AS kind, [
    {fails: coalesce(unit.category, '') = '',
     indicator: 'problem_unclassified', why: 'it has no category'},
    {fails: unit.source IN ['incidents', 'trend', 'major_incident']
       AND NOT EXISTS { (unit)<-[:CAUSED_BY]-(:Incident) },
     indicator: 'unfounded', why: 'it is said to come from incidents, and none is named'}
  ] AS checks
  UNION ALL
  MATCH (unit:Incident)
  WHERE $since <= unit.major_since < $until AND unit.resolved_at < $until
  RETURN unit, 'Incident' AS kind, [
    {fails: datetime(unit.resolved_at) + duration($limits.major_without_problem) < datetime($until)
       AND NOT EXISTS {
         MATCH (unit)-[:CAUSED_BY]->(problem:Problem)
         WHERE datetime(problem.created_at) <= datetime(unit.resolved_at) + duration($limits.major_without_problem)
       },
     indicator: 'major_without_problem',
     why: 'it was a major incident, and no problem was registered within {limit} after it'}
  ] AS checks
  UNION ALL
  MATCH (unit:TrendReview)
  WHERE $since <= unit.created_at < $until
  RETURN unit, 'TrendReview' AS kind, [
    {fails: unit.due_at < $until AND coalesce(unit.closed_at, $until) > unit.due_at,
     indicator: 'trends_undecided', why: 'what stood out was not decided on by the day it was due'},
    {fails: unit.next_due_at < $until AND NOT EXISTS {
         MATCH (next:TrendReview)
         WHERE next.rules = unit.rules AND next.until > unit.until AND next.created_at <= unit.next_due_at
       },
     indicator: 'trends_not_reviewed', why: 'the time after it was not looked through by the day it was due'}
  ] AS checks
  UNION ALL
  MATCH (unit:Policy {kind: 'trend-rules'})
  WHERE unit.approved_at < $until AND coalesce(unit.retired_at, $until) >= $until
    AND datetime(unit.approved_at) + duration($limits.trends_never_reviewed) < datetime($until)
  RETURN unit, 'Policy' AS kind, [
    {fails: NOT EXISTS { MATCH (review:TrendReview {rules: unit.name}) WHERE review.created_at < $until },
     indicator: 'trends_never_reviewed',
     why: 'it has been in force for {limit}, and nobody has ever looked through incidents by it'}
  ] AS checks
  UNION ALL
  MATCH (unit:Element)<-[:AFFECTS]-(incident:Incident)
  WHERE $since <= incident.created_at < $until
  WITH unit, count(incident) AS hits, collect(incident) AS incidents
  WHERE hits >= 3
  RETURN unit, [each IN labels(unit) WHERE each IN
    ['CI', 'Service', 'ServiceComponent', 'RedundancyGroup']][0] AS kind, [
    {fails: COUNT {
       UNWIND incidents AS incident
       WITH incident
       WHERE NOT EXISTS { (incident)-[:CAUSED_BY]->(:Problem) } AND NOT EXISTS {
         MATCH (unit)<-[:INVESTIGATES]-(problem:Problem)
         WHERE problem.created_at < $until
           AND coalesce(problem.closed_at, $until) > incident.created_at
       }
       RETURN incident
     } >= 3,
     indicator: 'recurring', why: 'three or more incidents hit it, and no problem looks at them'}
  ] AS checks
}
WITH unit, kind, checks
WITH unit, kind, [each IN checks WHERE each.fails | {indicator: each.indicator, why: each.why}] AS failed
ORDER BY unit.key
WITH count(unit) AS checked,
     sum(CASE WHEN size(failed) = 0 THEN 1 ELSE 0 END) AS conforming,
     sum(CASE kind WHEN 'Problem' THEN 1 ELSE 0 END) AS problems,
     sum(CASE kind WHEN 'Incident' THEN 1 ELSE 0 END) AS major_incidents,
     sum(CASE kind WHEN 'TrendReview' THEN 1 ELSE 0 END) AS trend_reviews,
     sum(CASE kind WHEN 'Policy' THEN 1 ELSE 0 END) AS trend_rules,
     collect(CASE WHEN size(failed) > 0 THEN [unit, kind, failed] END) AS lacking
RETURN checked, conforming,
       COLLECT {
         UNWIND lacking AS one
         UNWIND one[2] AS each
         RETURN {id: one[0].id, kind: one[1], key: one[0].key, indicator: each.indicator, why: each.why}
         LIMIT $limit
       } AS violations,
       {problems: problems, major_incidents: major_incidents, trend_reviews: trend_reviews,
        trend_rules: trend_rules, elements: checked - (problems + major_incidents + trend_reviews + trend_rules)} AS evidence
