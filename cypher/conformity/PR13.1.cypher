// conformity.PR13.1 (read)
// Release strategies are defined, with the components and CIs that they are applied to.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// -> checked     int        releases that were planned, and changes that were left out, in the period
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// seek    -
// budget  1 s for 10,000 releases
// why     Guards want a strategy; that one was set aside, or that none was there when a change came,
//         is seen only afterwards.
CALL () {
  MATCH (release:Release)
  WHERE $since <= release.created_at < $until AND coalesce(release.strategy, '') <> ''
  RETURN release AS record, 'Release' AS kind, [
    {fails: release.plan_reason IS NOT NULL,
     indicator: 'strategy_set_aside', why: 'it was planned otherwise than its strategy says'}
  ] AS checks
  UNION ALL
  MATCH (change:Change)<-[out:LEFT_OUT]-(release:Release)
  WHERE $since <= release.created_at < $until
  WITH change, collect(out.because) AS reasons
  RETURN change AS record, 'Change' AS kind, [
    {fails: any(each IN reasons WHERE each CONTAINS 'no release strategy'),
     indicator: 'without_strategy', why: 'something that it alters had no strategy'}
  ] AS checks
}
WITH record, kind, [each IN checks WHERE each.fails | {indicator: each.indicator, why: each.why}] AS failed
ORDER BY record.key
WITH count(record) AS checked,
     sum(CASE WHEN size(failed) = 0 THEN 1 ELSE 0 END) AS conforming,
     sum(CASE kind WHEN 'Release' THEN 1 ELSE 0 END) AS releases,
     collect(CASE WHEN size(failed) > 0 THEN [record, kind, failed] END) AS lacking
RETURN checked, conforming,
       COLLECT {
         UNWIND lacking AS one
         UNWIND one[2] AS each
         RETURN {id: one[0].id, kind: one[1], key: one[0].key, indicator: each.indicator, why: each.why}
         LIMIT $limit
       } AS violations,
       {releases: releases, changes: checked - releases} AS evidence
