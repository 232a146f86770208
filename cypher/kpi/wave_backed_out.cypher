// kpi.wave_backed_out (read)
// Of the waves of releases that were begun in the period, those that were backed out in it.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    waves that were backed out before the end of the period
// -> denominator  int    waves that were begun in the period, also those begun again
//
// process rdm
// unit    share
// seek    ledger_entry_at
// budget  5 s for 20,000 of them
// why     What is undone was not ready.
MATCH (unit:Deployment)<-[:CHANGED]-(entry:LedgerEntry {verb: 'deployment.begin'})
WHERE $since <= entry.at < $until
WITH unit, min(entry.seq) AS first
WITH count(unit) AS denominator,
     sum(CASE WHEN EXISTS {
       MATCH (unit)<-[:CHANGED]-(later:LedgerEntry {verb: 'deployment.back_out'})
       WHERE later.seq > first AND later.at < $until
     } THEN 1 ELSE 0 END) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / denominator END AS value,
       numerator, denominator
