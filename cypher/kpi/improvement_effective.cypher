// kpi.improvement_effective (read)
// Of the improvements that were reviewed in the period, those that improved something.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    improvements that the review found to have improved something
// -> denominator  int    improvements that were reviewed in the period
//
// process csi
// unit    share
// seek    -
// budget  5 s for 20,000 of them
// why     Improvement is what changed, and not what was done.
MATCH (unit:Improvement)
WHERE $since <= unit.closed_at < $until AND unit.status = 'reviewed'
WITH count(unit) AS denominator,
     sum(CASE WHEN unit.effect = 'improved' THEN 1 ELSE 0 END) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / denominator END AS value,
       numerator, denominator
