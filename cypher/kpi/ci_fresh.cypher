// kpi.ci_fresh (read)
// Of the CIs at the end of the period, those that were changed, or attested to be as recorded, within the
// given time before it.
//
// $until  str  end of the period, UTC; not included
// $days  int  time within which somebody has to have looked
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    CIs that were changed or attested within so many days
// -> denominator  int    CIs that were registered before the end of the period, and not retired before it
//
// process confm
// unit    share
// seek    -
// budget  5 s for 100,000 CIs
// why     What nobody has looked at for long is believed, and not known.
CALL () {
  MATCH (unit:CI)
  WHERE unit.created_at < $until
  RETURN unit
  UNION ALL
  MATCH (unit:RetiredCI)
  WHERE unit.created_at < $until
  MATCH (gone:LedgerEntry {seq: unit.retired})
  WHERE gone.at >= $until
  RETURN unit
}
WITH unit, CASE
  WHEN unit.updated_at < $until THEN unit.updated_at
  ELSE coalesce(COLLECT {
         MATCH (unit)<-[changed:CHANGED]-(entry:LedgerEntry)
         WHERE entry.at < $until AND changed.type IS NULL
         RETURN entry.at ORDER BY entry.seq DESC LIMIT 1
       }[0], unit.created_at)
  END AS touched, datetime($until) - duration({days: $days}) AS from
WITH count(unit) AS denominator,
     sum(CASE WHEN datetime(touched) >= from OR EXISTS {
       MATCH (unit)<-[said:VERIFIES]-(:Verification)
       WHERE said.attested = 'as_recorded' AND said.attested_at < $until
         AND datetime(said.attested_at) >= from
     } THEN 1 ELSE 0 END) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / denominator END AS value,
       numerator, denominator
