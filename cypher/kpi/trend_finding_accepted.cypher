// kpi.trend_finding_accepted (read)
// Of the findings of trends that were decided on in the period, those of which a problem came or that were
// merged into one.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    findings of which the last decision in the period was to accept or merge them
// -> denominator  int    findings that were accepted, merged or dismissed in the period
//
// process pm
// unit    share
// seek    -
// budget  5 s for 20,000 of them
// why     How often what is suggested is of use. Decisions are read from the ledger: what comes back later was
//         decided on all the same.
MATCH (unit:TrendFinding)<-[changed:CHANGED]-(entry:LedgerEntry)
WHERE $since <= entry.at < $until AND changed.type IS NULL
  AND entry.verb IN ['trend_finding.accept', 'trend_finding.merge', 'trend_finding.dismiss']
WITH unit, entry ORDER BY entry.seq DESC
WITH unit, collect(entry.verb)[0] AS verb
WITH count(unit) AS denominator,
     sum(CASE WHEN verb <> 'trend_finding.dismiss' THEN 1 ELSE 0 END) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / denominator END AS value,
       numerator, denominator
