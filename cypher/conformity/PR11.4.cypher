// conformity.PR11.4 (read)
// CIs are controlled, and changes to them are tracked in the CMDB.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        elements that were changed in the period, deviations of the ledger, and baselines
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   deviation_undecided  P30D
// seek    -
// budget  3 s for 100,000 CIs
// why     The ledger tracks every change, whether or not somebody approved it; that a deviation waits
//         for ever, and that a baseline has no owner, nothing forbids.
CALL () {
  MATCH (element:Element)
  WHERE $since <= element.updated_at < $until
  RETURN element AS record, head([label IN labels(element) WHERE label IN ['CI', 'Service', 'ServiceComponent', 'RedundancyGroup']]) AS kind, [
    {fails: EXISTS {
       MATCH (element)<-[:DEVIATES_AT]-(deviation:Deviation)
       WHERE deviation.source = 'ledger' AND $since <= deviation.created_at < $until },
     indicator: 'uncontrolled', why: 'it was changed without an approved change'}
  ] AS checks
  UNION ALL
  MATCH (deviation:Deviation)
  WHERE deviation.source = 'ledger' AND deviation.created_at < $until
    AND (deviation.closed_at IS NULL OR $since <= deviation.closed_at)
  RETURN deviation AS record, 'Deviation' AS kind, [
    {fails: deviation.closed_at IS NULL AND datetime(deviation.created_at) < datetime($until) - duration($limits.deviation_undecided),
     indicator: 'deviation_undecided', why: 'nobody has decided on it for {limit}'},
    {fails: deviation.status = 'accepted' AND size(split(trim(deviation.decision), ' ')) < 2,
     indicator: 'accepted_without_reason', why: 'it was accepted, and hardly a word says why'}
  ] AS checks
  UNION ALL
  MATCH (baseline:Baseline)
  WHERE $since <= baseline.created_at < $until
  RETURN baseline AS record, 'Baseline' AS kind, [
    {fails: NOT EXISTS { MATCH (baseline)-[:OWNED_BY]->(:Record) },
     indicator: 'baseline_unowned', why: 'nobody answers for it'}
  ] AS checks
}
WITH record, kind, [each IN checks WHERE each.fails | {indicator: each.indicator, why: each.why}] AS failed
ORDER BY record.key
WITH count(record) AS checked,
     sum(CASE WHEN size(failed) = 0 THEN 1 ELSE 0 END) AS conforming,
     sum(CASE WHEN NOT kind IN ['Deviation', 'Baseline'] THEN 1 ELSE 0 END) AS elements,
     sum(CASE kind WHEN 'Deviation' THEN 1 ELSE 0 END) AS deviations,
     sum(CASE kind WHEN 'Baseline' THEN 1 ELSE 0 END) AS baselines,
     collect(CASE WHEN size(failed) > 0 THEN [record, kind, failed] END) AS lacking
RETURN checked, conforming,
       COLLECT {
         UNWIND lacking AS one
         UNWIND one[2] AS each
         RETURN {id: one[0].id, kind: one[1], key: one[0].key, indicator: each.indicator, why: each.why}
         LIMIT $limit
       } AS violations,
       {elements: elements, deviations: deviations, baselines: baselines} AS evidence
