// kpi.incident_hours_to_resolve_most (read)
// Within how many hours the given part of the incidents was resolved, of those that were resolved in the
// period.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $percent  int  rank of the incident whose time is told, in hundredths
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    milliseconds from registration to the last resolution in the period, of the incident
//                         at that rank
// -> denominator  int    incidents that were resolved in the period
//
// process isrm
// unit    hours
// seek    ledger_entry_at
// budget  5 s for 20,000 of them
// why     An average hides the few that took very long; the rank is the nearest one, so that it is the
//         time of one of them.
MATCH (unit:Incident)<-[changed:CHANGED]-(entry:LedgerEntry)
WHERE $since <= entry.at < $until AND changed.type IS NULL
  AND changed.before CONTAINS '"resolved_at":null' AND NOT entry.verb ENDS WITH '.reject'
WITH unit, max(entry.at) AS done
WITH datetime(done).epochMillis - datetime(unit.created_at).epochMillis AS span
ORDER BY span
WITH collect(span) AS spans
WITH size(spans) AS denominator,
     coalesce(spans[($percent * size(spans) + 99) / 100 - 1], 0) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / 3600000 END AS value,
       numerator, denominator
