// chm.roles_held (read)
// Keys of the roles that the person of an account holds. One row.
//
// $actor  str  login of the account
// $at     str  the moment
// -> holds  list[str]  keys of roles
//
// seek    account_key
// budget  2 ms
// why     Who answers for the process is known inside the write (PR12.5).
RETURN COLLECT {
         MATCH (:Account {key: $actor})-[:ACTS_FOR]->(:Person)-[held:HOLDS]->(role:Role)
         WHERE coalesce(held.starts_at, $at) <= $at AND (held.ends_at IS NULL OR $at < held.ends_at)
         RETURN DISTINCT role.key
       } AS holds
