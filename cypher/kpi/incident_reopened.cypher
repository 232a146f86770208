// kpi.incident_reopened (read)
// Of the incidents that were resolved in the period, those that were opened again in it after that.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    incidents that were opened again before the period ended
// -> denominator  int    incidents that were resolved in the period
//
// process isrm
// unit    share
// seek    ledger_entry_at
// budget  5 s for 20,000 of them
// why     What is opened again was not resolved. Opening again after the period counts in no other one.
MATCH (unit:Incident)<-[changed:CHANGED]-(entry:LedgerEntry)
WHERE $since <= entry.at < $until AND changed.type IS NULL
  AND changed.before CONTAINS '"resolved_at":null' AND NOT entry.verb ENDS WITH '.reject'
WITH unit, min(entry.seq) AS first
WITH count(unit) AS denominator,
     sum(CASE WHEN EXISTS {
       MATCH (unit)<-[:CHANGED]-(again:LedgerEntry)
       WHERE again.seq > first AND again.at < $until AND again.verb ENDS WITH '.reopen'
     } THEN 1 ELSE 0 END) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / denominator END AS value,
       numerator, denominator
