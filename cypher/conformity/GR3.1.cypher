// conformity.GR3.1 (read)
// Stakeholders are known, and what they need and expect is analysed, with laws and contracts.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        stakeholders of the period, and customers at its end
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   needs_unknown      P30D
// limit   analysis_outdated  P30D
// limit   customer_unheard   P30D
// seek    -
// budget  2 s for 20,000 of them
// why     Nobody has to analyse what a stakeholder needs, nor to see a customer as one.
CALL () {
  MATCH (unit:Stakeholder)
  WHERE unit.created_at < $until AND coalesce(unit.closed_at, $until) >= $since
  RETURN unit, 'Stakeholder' AS kind, [
    {fails: datetime(unit.created_at) + duration($limits.needs_unknown)
       < datetime(CASE WHEN unit.analysed_at < $until THEN unit.created_at
                  WHEN unit.closed_at < $until THEN unit.closed_at ELSE $until END),
     indicator: 'needs_unknown', why: 'what they need and expect was not analysed within {limit}'},
    {fails: datetime(unit.next_review_at) + duration($limits.analysis_outdated)
       < datetime(CASE WHEN unit.closed_at < $until THEN unit.closed_at ELSE $until END),
     indicator: 'analysis_outdated', why: 'it is to be analysed again for more than {limit}'}
  ] AS checks
  UNION ALL
  MATCH (unit:Customer)
  WHERE unit.created_at < $until
  RETURN unit, 'Customer' AS kind, [
    {fails: datetime(unit.created_at) + duration($limits.customer_unheard) < datetime($until) AND NOT EXISTS {
       MATCH (unit)<-[:FROM_CUSTOMER]-(voice:Stakeholder) WHERE voice.created_at < $until
     },
     indicator: 'customer_unheard', why: 'it is no stakeholder in the records {limit} after it was registered'}
  ] AS checks
}
WITH unit, kind, [each IN checks WHERE each.fails | {indicator: each.indicator, why: each.why}] AS failed
ORDER BY unit.key
WITH count(unit) AS checked,
     sum(CASE WHEN size(failed) = 0 THEN 1 ELSE 0 END) AS conforming,
     sum(CASE kind WHEN 'Stakeholder' THEN 1 ELSE 0 END) AS stakeholders,
     sum(CASE kind WHEN 'Customer' THEN 1 ELSE 0 END) AS customers,
     collect(CASE WHEN size(failed) > 0 THEN [unit, kind, failed] END) AS lacking
RETURN checked, conforming,
       COLLECT {
         UNWIND lacking AS one
         UNWIND one[2] AS each
         RETURN {id: one[0].id, kind: one[1], key: one[0].key, indicator: each.indicator, why: each.why}
         LIMIT $limit
       } AS violations,
       {stakeholders: stakeholders, customers: customers} AS evidence
