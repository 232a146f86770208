// kpi.change_unauthorised (read)
// Of the elements that were changed in the period, those that were changed without an approved change where
// one is needed.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    elements with a deviation of the source `ledger` for an entry of the period
// -> denominator  int    elements that an entry of the period changed
//
// process chm
// unit    share
// known   Elements that were retired since do not count; deviations are raised within minutes, also those
//         of the last moments of the period.
// seek    ledger_entry_at
// budget  5 s for 20,000 of them
// why     Which attributes are controlled is said by their types; what is written past a change is raised
//         as a deviation.
MATCH (entry:LedgerEntry)-[changed:CHANGED]->(unit:Element)
WHERE $since <= entry.at < $until AND changed.type IS NULL
WITH unit, collect(entry.seq) AS entries
WITH count(unit) AS denominator,
     sum(CASE WHEN EXISTS {
       MATCH (unit)<-[:DEVIATES_AT]-(deviation:Deviation)
       WHERE deviation.source = 'ledger' AND deviation.entry IN entries
     } THEN 1 ELSE 0 END) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / denominator END AS value,
       numerator, denominator
