// kpi.change_caused_incident (read)
// Of the changes that were implemented in the period, those that an incident came from.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    changes of which somebody confirmed that before the end of the period
// -> denominator  int    changes that were begun, and whose outcome was told in the period
//
// process chm
// unit    share
// seek    -
// budget  5 s for 20,000 of them
// why     What is only suspected does not count. An incident that is confirmed after the period counts in
//         none.
MATCH (unit:Change)
WHERE $since <= unit.ends_at < $until AND unit.outcome IS NOT NULL
WITH count(unit) AS denominator,
     sum(CASE WHEN EXISTS {
       MATCH (unit)-[link:CAUSED]->(:Incident)
       MATCH (made:LedgerEntry {seq: link.created}) WHERE made.at < $until
     } THEN 1 ELSE 0 END) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / denominator END AS value,
       numerator, denominator
