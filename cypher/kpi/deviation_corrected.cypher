// kpi.deviation_corrected (read)
// Of the deviations that were decided on in the period, those that were corrected.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    deviations that were corrected, and not accepted
// -> denominator  int    deviations that were decided on in the period
//
// process confm
// unit    share
// seek    -
// budget  5 s for 20,000 of them
// why     What is accepted stays a difference between the record and what there is.
MATCH (unit:Deviation)
WHERE $since <= unit.closed_at < $until
WITH count(unit) AS denominator,
     sum(CASE WHEN unit.status = 'corrected' THEN 1 ELSE 0 END) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / denominator END AS value,
       numerator, denominator
