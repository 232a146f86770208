// kpi.change_emergency (read)
// Of the changes that were begun in the period, the emergencies.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    changes of the type `emergency`
// -> denominator  int    changes that were begun in the period
//
// process chm
// unit    share
// seek    -
// budget  5 s for 20,000 of them
// why     Emergencies skip steps; many of them are planning that was not done.
MATCH (unit:Change)
WHERE $since <= unit.starts_at < $until
WITH count(unit) AS denominator,
     sum(CASE WHEN unit.type = 'emergency' THEN 1 ELSE 0 END) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / denominator END AS value,
       numerator, denominator
