// kpi.record_complete (read)
// Of the records that were over in the period and not given up, those that lack nothing of what good ones say.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $rules  map  what has to be known by kind: {fields, out, into}
// $kinds  list[str]  the kinds
// $given_up  list[str]  states of what was given up
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    records that say all that the policy of record quality asks for
// -> denominator  int    records that were over in the period, of the kinds that it asks something of
//
// process csi
// unit    share
// known   what they say, and what is asked of them
// seek    -
// budget  5 s for 100,000 of them
// why     Nobody traces or learns from what was never written down.
MATCH (unit:ProcessRecord)
WHERE $since <= unit.closed_at < $until AND NOT unit.status IN $given_up
WITH unit, $rules[head([label IN labels(unit) WHERE label IN $kinds])] AS rule
WHERE rule IS NOT NULL
WITH unit, rule,
     COLLECT { MATCH (unit)-[tie]->() RETURN DISTINCT type(tie) } AS out,
     COLLECT { MATCH (unit)<-[tie]-() RETURN DISTINCT type(tie) } AS into
WITH count(unit) AS denominator,
     sum(CASE WHEN none(name IN rule.fields WHERE
         coalesce(toStringOrNull(unit[name]), CASE WHEN unit[name] IS NULL THEN '' ELSE 'some' END) = '')
       AND all(tie IN rule.out WHERE tie.type IN out)
       AND all(tie IN rule.into WHERE tie.type IN into) THEN 1 ELSE 0 END) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / denominator END AS value,
       numerator, denominator
