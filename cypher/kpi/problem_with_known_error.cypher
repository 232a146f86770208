// kpi.problem_with_known_error (read)
// Of the problems that were open at the end of the period, those with a known error.
//
// $until  str  end of the period, UTC; not included
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    problems with a known error that was registered before the end
// -> denominator  int    problems that were open at the end of the period
//
// process pm
// unit    share
// seek    -
// budget  5 s for 20,000 of them
// why     What is known helps before the cause is removed.
MATCH (unit:Problem)
WHERE unit.created_at < $until AND coalesce(unit.closed_at >= $until, true)
WITH count(unit) AS denominator,
     sum(CASE WHEN EXISTS {
       MATCH (unit)<-[:KNOWN_FROM]-(known:KnownError) WHERE known.created_at < $until
     } THEN 1 ELSE 0 END) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / denominator END AS value,
       numerator, denominator
