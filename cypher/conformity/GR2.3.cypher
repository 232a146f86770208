// conformity.GR2.3 (read)
// The execution of key activities of the processes is recorded.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// -> checked     int        processes of PR9 to PR14, once anything was recorded in the period
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// seek    ledger_entry_at
// budget  2 s for 1,000,000 entries of the period
// why     Whatever is done by verbs is in the ledger; that a process did nothing at all is seen only
//         by what is missing there.
MATCH (entry:LedgerEntry)
WHERE $since <= entry.at < $until
WITH count(entry) AS entries, collect(DISTINCT split(entry.requirement, '.')[0]) AS recorded
WITH entries, CASE entries WHEN 0 THEN [] ELSE [
  ['PR9', 'isrm'], ['PR10', 'pm'], ['PR11', 'confm'], ['PR12', 'chm'], ['PR13', 'rdm'], ['PR14', 'csi']
] END AS processes, recorded
WITH entries, processes, [each IN processes WHERE NOT each[0] IN recorded | {
  id: '', kind: 'Process', key: each[1],
  indicator: 'nothing_recorded', why: 'no activity of the process was recorded in the period'
}] AS failed
RETURN size(processes) AS checked, size(processes) - size(failed) AS conforming,
       failed[0..$limit] AS violations, {entries: entries} AS evidence
