// kpi.change_days_to_implement (read)
// How many days half of the changes took at most from their registration to the end of their implementation,
// for those that ended in the period.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    milliseconds from the registration to the end, of the change in the middle
// -> denominator  int    changes that were begun, and whose outcome was told in the period
//
// process chm
// unit    days
// seek    -
// budget  5 s for 20,000 of them
// why     Control that takes too long is walked around.
MATCH (unit:Change)
WHERE $since <= unit.ends_at < $until AND unit.outcome IS NOT NULL
WITH datetime(unit.ends_at).epochMillis - datetime(unit.created_at).epochMillis AS span
ORDER BY span
WITH collect(span) AS spans
WITH size(spans) AS denominator,
     coalesce(spans[(50 * size(spans) + 99) / 100 - 1], 0) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / 86400000 END AS value,
       numerator, denominator
