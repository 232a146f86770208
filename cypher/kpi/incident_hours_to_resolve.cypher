// kpi.incident_hours_to_resolve (read)
// How long it took on average from the registration of an incident to its resolution, for those that were
// resolved in the period.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    milliseconds from registration to the last resolution in the period, of all of them
// -> denominator  int    incidents that were resolved in the period
//
// process isrm
// unit    hours
// seek    ledger_entry_at
// budget  5 s for 20,000 of them
// why     Hours of the clock on the wall, waiting included: that is what users see.
MATCH (unit:Incident)<-[changed:CHANGED]-(entry:LedgerEntry)
WHERE $since <= entry.at < $until AND changed.type IS NULL
  AND changed.before CONTAINS '"resolved_at":null' AND NOT entry.verb ENDS WITH '.reject'
WITH unit, max(entry.at) AS done
WITH count(unit) AS denominator,
     sum(datetime(done).epochMillis - datetime(unit.created_at).epochMillis) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / (3600000 * denominator) END AS value,
       numerator, denominator
