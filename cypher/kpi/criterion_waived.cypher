// kpi.criterion_waived (read)
// Of the acceptance criteria of releases whose deployment began in the period, those that were waived.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    criteria that were not met, and waived for the build that was deployed
// -> denominator  int    criteria of releases whose deployment began in the period
//
// process rdm
// unit    share
// seek    -
// budget  5 s for 20,000 of them
// why     A criterion that is waived each time is none.
MATCH (release:Release)<-[:CRITERION_OF]-(unit:AcceptanceCriterion)
WHERE $since <= release.begun_at < $until
WITH count(unit) AS denominator,
     sum(CASE WHEN NOT unit.met AND unit.waived_build = release.build THEN 1 ELSE 0 END) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / denominator END AS value,
       numerator, denominator
