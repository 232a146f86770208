// kpi.workaround_review_overdue (read)
// Of the known errors that were active at the end of the period and have a day to be looked at again, those of
// which it had passed.
//
// $until  str  end of the period, UTC; not included
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    known errors whose review was due before the end
// -> denominator  int    known errors that were active at the end of the period, and have such a day
//
// process pm
// unit    share
// seek    -
// budget  5 s for 20,000 of them
// why     The day is replaced when somebody looks; what it was is in the ledger.
MATCH (unit:KnownError)
WHERE unit.created_at < $until AND coalesce(unit.closed_at >= $until, true)
WITH unit, COLLECT {
       MATCH (unit)<-[changed:CHANGED]-(entry:LedgerEntry)
       WHERE entry.at >= $until AND changed.type IS NULL AND changed.before CONTAINS '"review_due_at":'
       RETURN changed.before ORDER BY entry.seq LIMIT 1
     }[0] AS later
WITH unit, CASE WHEN later IS NULL THEN unit.review_due_at
                WHEN later CONTAINS '"review_due_at":"'
                THEN split(split(later, '"review_due_at":"')[1], '"')[0] END AS due
WHERE due IS NOT NULL
WITH count(unit) AS denominator,
     sum(CASE WHEN due < $until THEN 1 ELSE 0 END) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / denominator END AS value,
       numerator, denominator
