// conformity.GR5.2 (read)
// The processes are followed in practice, and somebody answers for that.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// $limits map  how long what is checked may take, by indicator, ISO 8601
// -> checked     int        processes of PR9 to PR14, once anybody is registered
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// limit   reminders_left  P30D
// seek    -
// budget  10 ms
// why     Whether they are followed is what the requirements of each say; here, who sees to it.
UNWIND CASE WHEN EXISTS { MATCH (:Person) }
       THEN ['isrm', 'pm', 'confm', 'chm', 'rdm', 'csi'] ELSE [] END AS process
WITH process, [word IN ['process_owner', 'process_manager'] WHERE NOT EXISTS {
  MATCH (role:Role {key: word + '/' + process})<-[held:HOLDS]-(:Person)
  WHERE held.starts_at < $until AND coalesce(held.ends_at, $until) >= $until
}] AS vacant, COUNT {
  MATCH (left:Reminder {of_process: process})
  WHERE datetime(left.created_at) + duration($limits.reminders_left)
    < datetime(CASE WHEN left.closed_at < $until THEN left.closed_at ELSE $until END)
    AND coalesce(left.closed_at, $until) >= $since
} AS left
WITH process, [each IN [
  {fails: 'process_owner' IN vacant,
   indicator: 'no_owner', why: 'nobody is the owner of the process'},
  {fails: 'process_manager' IN vacant,
   indicator: 'no_manager', why: 'nobody is the manager of the process'},
  {fails: left > 0,
   indicator: 'reminders_left', why: 'something fell due in it, and nobody saw to it for more than {limit}'}
] WHERE each.fails] AS failed
WITH collect({process: process, failed: failed}) AS processes
RETURN size(processes) AS checked,
       size([each IN processes WHERE size(each.failed) = 0]) AS conforming,
       COLLECT {
         UNWIND processes AS one
         UNWIND one.failed AS each
         WITH one, each LIMIT $limit
         RETURN {id: '', kind: 'Process', key: one.process, indicator: each.indicator, why: each.why}
       } AS violations,
       {processes: size(processes), tenures: COUNT {
         MATCH (role:Role)<-[held:HOLDS]-(:Person)
         WHERE role.word IN ['process_owner', 'process_manager']
           AND held.starts_at < $until AND coalesce(held.ends_at, $until) >= $since
       }} AS evidence
