// kpi.incident_old (read)
// Of the incidents that were open at the end of the period, those that were open for longer than the given
// time.
//
// $until  str  end of the period, UTC; not included
// $days  int  age from which on an open incident is old
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    incidents that were registered more than so many days before the end
// -> denominator  int    incidents that were not resolved at the end of the period
//
// process isrm
// unit    share
// seek    -
// budget  5 s for 20,000 of them
// why     A backlog that turns over is harmless; one that ages is not.
MATCH (unit:Incident)
WHERE unit.created_at < $until
WITH unit, COLLECT {
       MATCH (unit)<-[changed:CHANGED]-(entry:LedgerEntry)
       WHERE entry.at >= $until AND changed.type IS NULL AND changed.before CONTAINS '"resolved_at":'
       RETURN changed.before ORDER BY entry.seq LIMIT 1
     }[0] AS later
WITH unit, CASE WHEN later IS NULL THEN unit.resolved_at IS NULL
                ELSE later CONTAINS '"resolved_at":null' END AS open
WHERE open
WITH count(unit) AS denominator,
     sum(CASE WHEN datetime(unit.created_at) + duration({days: $days}) < datetime($until) THEN 1 ELSE 0 END) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / denominator END AS value,
       numerator, denominator
