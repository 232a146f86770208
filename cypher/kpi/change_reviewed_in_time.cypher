// kpi.change_reviewed_in_time (read)
// Of the reviews of changes that were due in the period, those that were held by then.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    reviews that were held no later than due
// -> denominator  int    reviews of changes that were due in the period
//
// process chm
// unit    share
// seek    -
// budget  5 s for 20,000 of them
// why     Nothing is learned from a review that is never held.
MATCH (unit:PostImplementationReview)
WHERE $since <= unit.due_at < $until
WITH count(unit) AS denominator,
     sum(CASE WHEN unit.done_at <= unit.due_at THEN 1 ELSE 0 END) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / denominator END AS value,
       numerator, denominator
