// sms.credentials (read)
// Accounts and tokens that a sign-in names, with the digests kept for them.
//
// $login  str  login of an account, or null
// $hint   str  first characters of a token, or null
// -> account        map  properties of the account, or null
// -> token          map  properties of the token, or null
// -> secret         str  digest kept for the password or the token, or null
// -> head           map  properties of the ledger's head, or null
// -> account_scopes list[list[list[str]]]  types in and out of each scope it sees; null: unlimited
// -> token_scopes   list[list[list[str]]]  the same of the token
// -> persons        list[list[any]]  [id, ids of its groups, [role, process, id of a service, from,
//                   until] of what it holds] of the person that the account acts for
// -> delegated      list[list[any]]  [role, process, held from, until, lent from, until] of roles of
//                   those who delegated their votes on changes to that person
//
// seek    account_key api_token_hint credential_id ledger_head_id configuration_scope_key
// budget  2 ms
// why     One statement for both ways to sign in; the comparison is made outside. The head comes
//         along, so that a request with a token needs no statement of its own to be fresh.
OPTIONAL MATCH (token:ApiToken {hint: $hint})
OPTIONAL MATCH (account:Account {key: coalesce(token.account, $login)})
OPTIONAL MATCH (credential:Credential {id: coalesce(token.id, account.id)})
OPTIONAL MATCH (head:LedgerHead {id: 'head'})
RETURN properties(account) AS account, properties(token) AS token,
       credential.secret AS secret, properties(head) AS head,
       CASE WHEN size(coalesce(account.sees, [])) > 0 THEN COLLECT {
         UNWIND account.sees AS key
         MATCH (scope:ConfigurationScope {key: key})
         RETURN [scope.ci_types, scope.excluded_ci_types]
       } END AS account_scopes,
       CASE WHEN size(coalesce(token.sees, [])) > 0 THEN COLLECT {
         UNWIND token.sees AS key
         MATCH (scope:ConfigurationScope {key: key})
         RETURN [scope.ci_types, scope.excluded_ci_types]
       } END AS token_scopes,
       COLLECT {
         MATCH (account)-[:ACTS_FOR]->(person:Person)
         RETURN [
           person.id,
           COLLECT { MATCH (person)-[:BELONGS_TO]->(group:Group) RETURN group.id },
           COLLECT {
             MATCH (person)-[holds:HOLDS]->(role:Role)
             OPTIONAL MATCH (role)-[:OVER]->(service:Record)
             RETURN [role.word, role.process, service.id, holds.starts_at, holds.ends_at]
           }
         ]
       } AS persons,
       COLLECT {
         MATCH (account)-[:ACTS_FOR]->(:Person)<-[given:DELEGATES_TO]-(:Person)-[holds:HOLDS]->(role:Role)
         RETURN [role.word, role.process, holds.starts_at, holds.ends_at, given.starts_at, given.ends_at]
       } AS delegated
