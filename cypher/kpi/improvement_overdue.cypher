// kpi.improvement_overdue (read)
// Of the improvements that were under way at the end of the period and have a day, those of which it had
// passed.
//
// $until  str  end of the period, UTC; not included
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    improvements whose day lies before the end
// -> denominator  int    improvements with a day that were neither implemented nor given up at the end of the
//                         period
//
// process csi
// unit    share
// seek    -
// budget  5 s for 20,000 of them
// why     An improvement that slips is one that nobody needs, or that nobody can make.
MATCH (unit:Improvement)
WHERE unit.created_at < $until AND unit.due_at IS NOT NULL
  AND coalesce(unit.implemented_at >= $until, true) AND coalesce(unit.closed_at >= $until, true)
WITH count(unit) AS denominator,
     sum(CASE WHEN unit.due_at < $until THEN 1 ELSE 0 END) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / denominator END AS value,
       numerator, denominator
