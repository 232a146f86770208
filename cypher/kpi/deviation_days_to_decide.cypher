// kpi.deviation_days_to_decide (read)
// How many days it took on average to decide on a deviation, for those that were decided on in the period.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    milliseconds from raising to decision, of all of them
// -> denominator  int    deviations that were decided on in the period
//
// process confm
// unit    days
// seek    -
// budget  5 s for 20,000 of them
// why     Until then the CMDB says what is known to be wrong.
MATCH (unit:Deviation)
WHERE $since <= unit.closed_at < $until
WITH count(unit) AS denominator,
     sum(datetime(unit.closed_at).epochMillis - datetime(unit.created_at).epochMillis) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / (86400000 * denominator) END AS value,
       numerator, denominator
