// kpi.suggestion_decided_in_time (read)
// Of the suggestions whose time for an answer ended in the period, those that were decided on within it.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $days  int  time within which a suggestion is to be answered
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    suggestions that were accepted or rejected within so many days
// -> denominator  int    suggestions whose registration lies so many days before a day of the period
//
// process csi
// unit    share
// seek    -
// budget  5 s for 20,000 of them
// why     Who gets no answer makes no second suggestion. The time of each ends in one period, so that none
//         is counted twice.
MATCH (unit:Suggestion)
WITH unit, datetime(unit.created_at) + duration({days: $days}) AS day
WHERE datetime($since) <= day < datetime($until)
WITH count(unit) AS denominator,
     sum(CASE WHEN datetime(unit.closed_at) <= day THEN 1 ELSE 0 END) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / denominator END AS value,
       numerator, denominator
