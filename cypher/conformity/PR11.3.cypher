// conformity.PR11.3 (read)
// Information on CIs and their relationships is maintained in the CMDB.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// -> checked     int        CIs, runs of sync and proposals to retire of the period
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
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
    {fails: proposal.status = 'proposed' AND datetime(proposal.created_at) < datetime($until) - duration('P30D'),
     indicator: 'retirement_undecided', why: 'nobody has decided for a month whether what vanished is retired'}
  ] AS checks
}
WITH record, kind, [each IN checks WHERE each.fails] AS failed
WITH collect({record: record, kind: kind, failed: failed}) AS cases
RETURN size(cases) AS checked,
       size([one IN cases WHERE size(one.failed) = 0]) AS conforming,
       COLLECT {
         UNWIND cases AS one
         UNWIND one.failed AS each
         WITH one.record AS record, one.kind AS kind, each
         ORDER BY record.key LIMIT $limit
         RETURN {id: record.id, kind: kind, key: record.key, indicator: each.indicator, why: each.why}
       } AS violations,
       {cis: size([one IN cases WHERE one.kind = 'CI']), runs: size([one IN cases WHERE one.kind = 'SyncRun']), proposals: size([one IN cases WHERE one.kind = 'RetirementProposal'])} AS evidence
