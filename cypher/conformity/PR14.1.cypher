// conformity.PR14.1 (read)
// Opportunities for improvement are identified and registered, with where they come from.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// -> checked     int        suggestions registered in the period
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// seek    -
// budget  5 s for 20,000 of them
// why     A title is all that the verb asks for.
MATCH (unit:Suggestion)
WHERE $since <= unit.created_at < $until
WITH unit, 'Suggestion' AS kind, [
  {fails: unit.source <> 'person' AND coalesce(unit.finding, '') = '',
   indicator: 'untraceable', why: 'it is said to come from a finding, and names none'},
  {fails: coalesce(unit.description, '') = '' AND NOT EXISTS { (unit)-[:WOULD_IMPROVE]->(:Element) },
   indicator: 'bare', why: 'it neither describes what is wrong, nor names what it is about'}
] AS checks
WITH unit, kind, [each IN checks WHERE each.fails | {indicator: each.indicator, why: each.why}] AS failed
ORDER BY unit.key
WITH count(unit) AS checked,
     sum(CASE WHEN size(failed) = 0 THEN 1 ELSE 0 END) AS conforming,
     sum(CASE kind WHEN 'Suggestion' THEN 1 ELSE 0 END) AS suggestions,
     collect(CASE WHEN size(failed) > 0 THEN [unit, kind, failed] END) AS lacking
RETURN checked, conforming,
       COLLECT {
         UNWIND lacking AS one
         UNWIND one[2] AS each
         RETURN {id: one[0].id, kind: one[1], key: one[0].key, indicator: each.indicator, why: each.why}
         LIMIT $limit
       } AS violations,
       {suggestions: suggestions} AS evidence
