// checks.sole_roles (read)
// Roles of one person that are held by nobody, or by several at once. One row for each.
//
// $words  list[str]  words of roles that one person holds at a time
// $at     str        the moment, UTC
// $limit  int        most that are told
// -> told  str  key and how many hold it
//
// seek    -
// budget  20 ms for 1,000 roles
// why     Exactly one person answers for a process, and for a service (GR1.1, GR4.1).
MATCH (role:Role)
WHERE role.word IN $words
WITH role, COUNT {
  MATCH (role)<-[held:HOLDS]-(:Person)
  WHERE held.starts_at <= $at AND (held.ends_at IS NULL OR $at < held.ends_at)
} AS holders
WHERE holders <> 1
RETURN role.key + CASE holders WHEN 0 THEN ' is held by nobody' ELSE ' is held by ' + toString(holders) END AS told
ORDER BY told
LIMIT $limit
