// kpi.nonconformity_backlog (read)
// How many nonconformities were open at the end of the period: suggested, and neither rejected nor improved
// away.
//
// $until  str  end of the period, UTC; not included
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    suggestions from nonconformities that were not rejected, and whose improvement was
//                         not over
// -> denominator  int    suggestions from nonconformities that were registered before the end of the period
//
// process csi
// unit    count
// seek    -
// budget  5 s for 20,000 of them
// why     A nonconformity is over when its improvement was reviewed or given up, and not when somebody
//         accepts it.
MATCH (unit:Suggestion {source: 'nonconformity'})
WHERE unit.created_at < $until
WITH count(unit) AS denominator,
     sum(CASE WHEN coalesce(unit.closed_at >= $until, true) OR EXISTS {
       MATCH (unit)<-[:FOLLOWS]-(improvement:Improvement)
       WHERE coalesce(improvement.closed_at >= $until, true)
     } THEN 1 ELSE 0 END) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) END AS value,
       numerator, denominator
