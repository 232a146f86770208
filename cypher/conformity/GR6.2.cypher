// conformity.GR6.2 (read)
// The system is assessed or audited at planned intervals.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        audits, assessments and reviews of processes that were to be held in the period, or were open; where the system was not audited or assessed for more than a year, that
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   planned_review_late  P14D
// limit   no_audit             P400D
// seek    -
// budget  2 s for 20,000 of them
// why     Nothing but the programme asks for the next audit, and a late one is refused by nobody.
CALL () {
  MATCH (unit:Review)
  WHERE unit.kind_of_review <> 'management_review' AND unit.due_at < $until
    AND unit.created_at < $until AND coalesce(unit.closed_at, $until) >= $since
  RETURN unit, 'Review' AS kind, [
    {fails: datetime(unit.due_at) + duration($limits.planned_review_late)
       < datetime(CASE WHEN unit.closed_at < $until THEN unit.closed_at ELSE $until END),
     indicator: 'planned_review_late', why: 'it was held more than {limit} late, or not at all'},
    {fails: unit.held_at < $until AND size(coalesce(unit.inputs, [])) = 0
       AND NOT EXISTS { MATCH (unit)-[:LOOKED_AT]->(:Record) },
     indicator: 'nothing_looked_at', why: 'it does not say what was looked at'}
  ] AS checks
  UNION ALL
  WITH {id: '', key: 'audits'} AS unit
  WHERE EXISTS { MATCH (someone:Person) WHERE datetime(someone.created_at) + duration($limits.no_audit) < datetime($until) }
    AND NOT EXISTS {
      MATCH (held:Review)
      WHERE held.kind_of_review IN ['audit', 'assessment'] AND held.held_at < $until
        AND datetime(held.held_at) + duration($limits.no_audit) >= datetime($until)
    }
  RETURN unit, 'System' AS kind, [
    {fails: true, indicator: 'no_audit', why: 'it was neither audited nor assessed for more than {limit}'}
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
