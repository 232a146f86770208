// conformity.GR1.1 (read)
// A member of top management is the SMS owner, and answers for the system as a whole.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// -> checked     int        the role, once anybody is registered
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// seek    role_key
// budget  10 ms
// why     Whether whoever holds it belongs to top management is not in the records.
OPTIONAL MATCH (role:Role {key: 'sms_owner'})
WITH role,
     CASE WHEN EXISTS { MATCH (:Person) } THEN 1 ELSE 0 END AS checked,
     COLLECT {
       MATCH (role)<-[held:HOLDS]-(:Person)
       WHERE held.starts_at < $until AND coalesce(held.ends_at, $until) >= $since
       RETURN {begun: held.starts_at, over: coalesce(held.ends_at, '9999')}
       ORDER BY held.starts_at, held.ends_at
     } AS tenures
WITH role, checked, tenures, CASE WHEN checked = 0 THEN [] ELSE [
  {fails: NOT any(each IN tenures WHERE each.over >= $until),
   indicator: 'vacant', why: 'nobody is the SMS owner'},
  {fails: any(n IN range(1, size(tenures) - 1)
     WHERE all(each IN tenures[0..n] WHERE each.over < tenures[n].begun)),
   indicator: 'interrupted', why: 'nobody was the SMS owner for some of the time'}
] END AS checks
WITH role, checked, tenures, [each IN checks WHERE each.fails] AS failed
RETURN checked, CASE WHEN size(failed) = 0 THEN checked ELSE 0 END AS conforming,
       [each IN failed | {id: coalesce(role.id, ''), kind: 'Role', key: 'sms_owner',
         indicator: each.indicator, why: each.why}][0..$limit] AS violations,
       {tenures: size(tenures)} AS evidence
