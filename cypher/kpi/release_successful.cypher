// kpi.release_successful (read)
// Of the releases whose outcome became known in the period, those that succeeded.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    releases with the outcome `successful`
// -> denominator  int    releases whose outcome became known in the period
//
// process rdm
// unit    share
// seek    -
// budget  5 s for 20,000 of them
// why     What was given up before its deployment began has no outcome.
MATCH (unit:Release)
WHERE $since <= unit.deployed_at < $until
WITH count(unit) AS denominator,
     sum(CASE WHEN unit.outcome = 'successful' THEN 1 ELSE 0 END) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / denominator END AS value,
       numerator, denominator
