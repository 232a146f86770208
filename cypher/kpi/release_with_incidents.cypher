// kpi.release_with_incidents (read)
// Of the releases that were reviewed in the period, those with incidents while they were watched.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    reviews that name incidents which began near the release, in time and in the graph
// -> denominator  int    reviews of releases that were held in the period
//
// process rdm
// unit    share
// seek    -
// budget  5 s for 20,000 of them
// why     What users suffer from a release shows in the days after it.
MATCH (unit:DeploymentReview)-[:EVALUATES]->(:Release)
WHERE $since <= unit.created_at < $until
WITH count(unit) AS denominator,
     sum(CASE WHEN size(coalesce(unit.incidents, [])) > 0 THEN 1 ELSE 0 END) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / denominator END AS value,
       numerator, denominator
