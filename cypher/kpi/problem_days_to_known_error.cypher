// kpi.problem_days_to_known_error (read)
// How many days half of the problems took at most from their registration to their known error, for those that
// got their first one in the period.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    milliseconds from the registration to the first known error, of the problem in the
//                         middle
// -> denominator  int    problems whose first known error was registered in the period
//
// process pm
// unit    days
// seek    -
// budget  5 s for 20,000 of them
// why     The middle, as a problem that nobody could explain for a year says little of the others.
MATCH (unit:Problem)<-[:KNOWN_FROM]-(known:KnownError)
WITH unit, min(known.created_at) AS first
WHERE $since <= first < $until
WITH datetime(first).epochMillis - datetime(unit.created_at).epochMillis AS span
ORDER BY span
WITH collect(span) AS spans
WITH size(spans) AS denominator,
     coalesce(spans[(50 * size(spans) + 99) / 100 - 1], 0) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / 86400000 END AS value,
       numerator, denominator
