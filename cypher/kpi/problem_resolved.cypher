// kpi.problem_resolved (read)
// Of the problems that were open at some time in the period, those that were resolved in it.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    problems whose cause was removed in the period
// -> denominator  int    problems that were registered before its end, and not over before it began
//
// process pm
// unit    share
// seek    -
// budget  5 s for 20,000 of them
// why     Problems that are given up count below the line only.
MATCH (unit:Problem)
WHERE unit.created_at < $until AND coalesce(unit.closed_at >= $since, true)
WITH count(unit) AS denominator,
     sum(CASE WHEN unit.status = 'resolved' AND unit.closed_at < $until THEN 1 ELSE 0 END) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / denominator END AS value,
       numerator, denominator
