// kpi.release_in_time (read)
// Of the releases with a planned end whose outcome became known in the period, those of which it did by then.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    releases whose outcome was known no later than planned
// -> denominator  int    releases with a planned end whose outcome became known in the period
//
// process rdm
// unit    share
// seek    -
// budget  5 s for 20,000 of them
// why     Users and support staff were told of that time.
MATCH (unit:Release)
WHERE $since <= unit.deployed_at < $until AND unit.planned_ends_at IS NOT NULL
WITH count(unit) AS denominator,
     sum(CASE WHEN unit.deployed_at <= unit.planned_ends_at THEN 1 ELSE 0 END) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / denominator END AS value,
       numerator, denominator
