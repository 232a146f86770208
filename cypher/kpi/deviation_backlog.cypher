// kpi.deviation_backlog (read)
// How many deviations were open at the end of the period.
//
// $until  str  end of the period, UTC; not included
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    deviations that nobody had decided on
// -> denominator  int    deviations that were raised before the end of the period
//
// process confm
// unit    count
// seek    -
// budget  5 s for 20,000 of them
// why     Each is a place where the CMDB is known to be wrong.
MATCH (unit:Deviation)
WHERE unit.created_at < $until
WITH count(unit) AS denominator,
     sum(CASE WHEN coalesce(unit.closed_at >= $until, true) THEN 1 ELSE 0 END) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) END AS value,
       numerator, denominator
