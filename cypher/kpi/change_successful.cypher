// kpi.change_successful (read)
// Of the changes that were implemented in the period, those that succeeded.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    changes with the outcome `successful`
// -> denominator  int    changes that were begun, and whose outcome was told in the period
//
// process chm
// unit    share
// seek    -
// budget  5 s for 20,000 of them
// why     One that succeeded in part, failed, or was undone, did not succeed.
MATCH (unit:Change)
WHERE $since <= unit.ends_at < $until AND unit.outcome IS NOT NULL
WITH count(unit) AS denominator,
     sum(CASE WHEN unit.outcome = 'successful' THEN 1 ELSE 0 END) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / denominator END AS value,
       numerator, denominator
