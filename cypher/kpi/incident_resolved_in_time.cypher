// kpi.incident_resolved_in_time (read)
// Of the incidents that were resolved in the period and have times agreed on, those that were resolved within
// them.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    incidents that were resolved no later than agreed on
// -> denominator  int    incidents with times agreed on that were resolved in the period
//
// process isrm
// unit    share
// known   Where one was opened again and its targets became others, when they broke is told by those.
// seek    ledger_entry_at
// budget  5 s for 20,000 of them
// why     When a resolution came is in the ledger, so that opening one again hides nothing. A clock that
//         waited breaks no target.
MATCH (unit:Incident)<-[changed:CHANGED]-(entry:LedgerEntry)
WHERE $since <= entry.at < $until AND changed.type IS NULL
  AND changed.before CONTAINS '"resolved_at":null' AND NOT entry.verb ENDS WITH '.reject'
WITH unit, max(entry.at) AS done
WHERE size(coalesce(unit.agreed, [])) > 0
WITH count(unit) AS denominator,
     sum(CASE WHEN coalesce(unit.resolution_due_at >= done, true) THEN 1 ELSE 0 END) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / denominator END AS value,
       numerator, denominator
