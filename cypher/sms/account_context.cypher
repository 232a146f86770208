// sms.account_context (read)
// An account by login, and whether any account exists. One row.
//
// $login  str        wanted login
// $sees   list[str]  keys of configuration scopes
// -> account  map        its properties, or null
// -> count    int        live accounts
// -> scopes   list[str]  those of the keys that lead to a scope
// -> administrators list[str]  logins of those who may do and see everything
//
// seek    account_key configuration_scope_key
// budget  2 ms
// why     One read before one write; the first account is special.
OPTIONAL MATCH (account:Account {key: $login})
RETURN properties(account) AS account, COUNT { MATCH (:Account) } AS count,
       COLLECT {
         UNWIND $sees AS key
         MATCH (scope:ConfigurationScope {key: key})
         RETURN scope.key
       } AS scopes,
       COLLECT {
         MATCH (other:Account)
         WHERE 'administrator' IN other.roles AND NOT other.disabled
           AND size(coalesce(other.sees, [])) = 0
         RETURN other.key
       } AS administrators
