// kpi.workaround_helped (read)
// Of the attempts in the period to help an incident by a workaround, those that helped.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    attempts that helped
// -> denominator  int    incidents on which a workaround was first tried in the period, once for each
//
// process pm
// unit    share
// known   Where the same one was tried again, the last word counts.
// seek    ledger_entry_seq
// budget  5 s for 20,000 of them
// why     A workaround that does not help costs time twice.
MATCH (:Incident)-[unit:HELPED_BY|HELPED_WITH]->()
WITH unit
MATCH (made:LedgerEntry {seq: unit.created})
USING INDEX made:LedgerEntry(seq)
WHERE $since <= made.at < $until
WITH count(unit) AS denominator,
     sum(CASE WHEN unit.helped THEN 1 ELSE 0 END) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / denominator END AS value,
       numerator, denominator
