// kpi.problem_old (read)
// Of the problems that were open at the end of the period, those that had been so for long.
//
// $until  str  end of the period, UTC; not included
// $days   int  from how many days on, counted from the registration, one is old
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    open problems that were registered more than so many days before the end
// -> denominator  int    problems that were open at the end of the period
//
// process pm
// unit    share
// seek    -
// budget  5 s for 20,000 of them
// why     What nobody solves for months is accepted without anybody having said so.
MATCH (unit:Problem)
WHERE unit.created_at < $until AND coalesce(unit.closed_at >= $until, true)
WITH count(unit) AS denominator,
     sum(CASE WHEN datetime(unit.created_at) + duration({days: $days}) < datetime($until) THEN 1 ELSE 0 END) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / denominator END AS value,
       numerator, denominator
