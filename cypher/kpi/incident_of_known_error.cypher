// kpi.incident_of_known_error (read)
// Of the incidents that were registered in the period, those that come from a problem whose known error was
// registered before them.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    incidents that were linked to such a problem before the end of the period
// -> denominator  int    incidents that were registered in the period
//
// process pm
// unit    share
// known   A link that was taken back since does not count.
// seek    -
// budget  5 s for 20,000 of them
// why     What happens again although its cause is known is what removing the cause would save.
MATCH (unit:Incident)
WHERE $since <= unit.created_at < $until
WITH count(unit) AS denominator,
     sum(CASE WHEN EXISTS {
       MATCH (unit)-[link:CAUSED_BY]->(:Problem)<-[:KNOWN_FROM]-(known:KnownError)
       WHERE known.created_at < unit.created_at
       MATCH (made:LedgerEntry {seq: link.created}) WHERE made.at < $until
     } THEN 1 ELSE 0 END) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / denominator END AS value,
       numerator, denominator
