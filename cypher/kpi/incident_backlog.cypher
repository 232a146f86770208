// kpi.incident_backlog (read)
// How many incidents were open at the end of the period.
//
// $until  str  end of the period, UTC; not included
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    incidents that were not resolved at the end of the period
// -> denominator  int    incidents that were registered before it
//
// process isrm
// unit    count
// seek    -
// budget  5 s for 20,000 of them
// why     What a record stood at is read from the ledger, so that the number of a past day stays what it
//         was.
MATCH (unit:Incident)
WHERE unit.created_at < $until
WITH unit, COLLECT {
       MATCH (unit)<-[changed:CHANGED]-(entry:LedgerEntry)
       WHERE entry.at >= $until AND changed.type IS NULL AND changed.before CONTAINS '"resolved_at":'
       RETURN changed.before ORDER BY entry.seq LIMIT 1
     }[0] AS later
WITH unit, CASE WHEN later IS NULL THEN unit.resolved_at IS NULL
                ELSE later CONTAINS '"resolved_at":null' END AS open
WITH count(unit) AS denominator,
     sum(CASE WHEN open THEN 1 ELSE 0 END) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) END AS value,
       numerator, denominator
