// conformity.PR11.3 (read)
// Information on CIs and their relationships is maintained in the CMDB.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        CIs, runs of sync and proposals to retire of the period
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   retirement_undecided  P30D
// seek    -
// budget  3 s for 100,000 CIs
// why     Registering, relating and syncing have their rules; a CI that nothing hangs together with, a
//         run that did not come to its end, and a proposal that nobody decides on break none.
CALL () {
  MATCH (ci:CI)
  WHERE ci.created_at < $until AND ci.lifecycle <> 'planned'
  RETURN ci AS record, 'CI' AS kind, [
    {fails: NOT EXISTS { MATCH (ci)-[relation]-(:Element) },
     indicator: 'unrelated', why: 'it has no relationship with anything'}
  ] AS checks
  UNION ALL
  MATCH (run:SyncRun)
  WHERE $since <= run.created_at < $until
  RETURN run AS record, 'SyncRun' AS kind, [
    {fails: run.status IN ['failed', 'aborted', 'held'],
     indicator: 'run_unfinished', why: 'it did not come to its end'}
  ] AS checks
  UNION ALL
  MATCH (proposal:RetirementProposal)
  WHERE proposal.created_at < $until AND (proposal.status = 'proposed' OR $since <= proposal.updated_at)
  RETURN proposal AS record, 'RetirementProposal' AS kind, [
    {fails: proposal.status = 'proposed' AND datetime(proposal.created_at) < datetime($until) - duration($limits.retirement_undecided),
     indicator: 'retirement_undecided', why: 'nobody has decided for {limit} whether what vanished is retired'}
  ] AS checks
}
WITH record, kind, [each IN checks WHERE each.fails | {indicator: each.indicator, why: each.why}] AS failed
ORDER BY record.key
WITH count(record) AS checked,
     sum(CASE WHEN size(failed) = 0 THEN 1 ELSE 0 END) AS conforming,
     sum(CASE kind WHEN 'CI' THEN 1 ELSE 0 END) AS cis,
     sum(CASE kind WHEN 'SyncRun' THEN 1 ELSE 0 END) AS runs,
     sum(CASE kind WHEN 'RetirementProposal' THEN 1 ELSE 0 END) AS proposals,
     collect(CASE WHEN size(failed) > 0 THEN [record, kind, failed] END) AS lacking
RETURN checked, conforming,
       COLLECT {
         UNWIND lacking AS one
         UNWIND one[2] AS each
         RETURN {id: one[0].id, kind: one[1], key: one[0].key, indicator: each.indicator, why: each.why}
         LIMIT $limit
       } AS violations,
       {cis: cis, runs: runs, proposals: proposals} AS evidence
