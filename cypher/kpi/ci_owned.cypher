// kpi.ci_owned (read)
// Of the CIs at the end of the period, those that somebody answered for.
//
// $until  str  end of the period, UTC; not included
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    CIs with an owner, or of a type that a group answers for
// -> denominator  int    CIs that were registered before the end of the period, and not retired before it
//
// process confm
// unit    share
// seek    -
// budget  5 s for 100,000 CIs
// why     Nobody keeps up what belongs to nobody. Owners that were replaced or left since are in the
//         ledger; the group that a type names is the one that it names now.
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
WITH unit, [(unit)-[owned:OWNED_BY]->() | owned.created]
     + COLLECT {
         MATCH (unit)<-[changed:CHANGED {op: 'unrelate', type: 'OWNED_BY'}]-(entry:LedgerEntry)
         WHERE entry.at >= $until
         RETURN toInteger(split(split(split(changed.before, '"created":')[1], ',')[0], '}')[0])
       } AS links
WITH count(unit) AS denominator,
     sum(CASE WHEN EXISTS {
       MATCH (made:LedgerEntry) WHERE made.seq IN links AND made.at < $until
     } OR EXISTS {
       MATCH (type:CIType {key: unit.type})
       MATCH (group:Group {key: type.owner_group}) WHERE group.created_at < $until
     } THEN 1 ELSE 0 END) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / denominator END AS value,
       numerator, denominator
