// kpi.request_fulfilled_in_time (read)
// Of the service requests that were fulfilled in the period and have times agreed on, those that were
// fulfilled within them.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    service requests that were fulfilled no later than agreed on
// -> denominator  int    service requests with times agreed on that were fulfilled in the period
//
// process isrm
// unit    share
// known   Where one was opened again and its targets became others, when they broke is told by those.
// seek    ledger_entry_at
// budget  5 s for 20,000 of them
// why     As for incidents; a request that was rejected is not counted.
MATCH (unit:ServiceRequest)<-[changed:CHANGED]-(entry:LedgerEntry)
WHERE $since <= entry.at < $until AND changed.type IS NULL
  AND changed.before CONTAINS '"resolved_at":null' AND NOT entry.verb ENDS WITH '.reject'
WITH unit, max(entry.at) AS done
WHERE size(coalesce(unit.agreed, [])) > 0
WITH count(unit) AS denominator,
     sum(CASE WHEN coalesce(unit.resolution_due_at >= done, true) THEN 1 ELSE 0 END) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / denominator END AS value,
       numerator, denominator
