// sms.account_context (read)
// An account by login, and whether any account exists. One row.
//
// $login  str        wanted login
// $sees   list[str]  keys of configuration scopes
// $person str        id or key of a person; empty: none is meant
// -> account  map        its properties, or null
// -> count    int        live accounts
// -> scopes   list[str]  those of the keys that lead to a scope
// -> person  map         properties of the person, or null
// -> acts_for list[list[any]]  [id, properties of ACTS_FOR] of the person it acts for
// -> administrators list[str]  logins of those who may do and see everything
//
// seek    account_key configuration_scope_key person_key record_id
// budget  2 ms
// why     One read before one write; the first account is special.
OPTIONAL MATCH (account:Account {key: $login})
OPTIONAL MATCH (named:Person {key: $person})
OPTIONAL MATCH (byId:Record&Person {id: $person})
RETURN properties(account) AS account, COUNT { MATCH (:Account) } AS count,
       COLLECT {
         UNWIND $sees AS key
         MATCH (scope:ConfigurationScope {key: key})
         RETURN scope.key
       } AS scopes,
       properties(coalesce(named, byId)) AS person,
       COLLECT { MATCH (account)-[acts:ACTS_FOR]->(whom:Record) RETURN [whom.id, properties(acts)] } AS acts_for,
       COLLECT {
         MATCH (other:Account)
         WHERE 'administrator' IN other.roles AND NOT other.disabled
           AND size(coalesce(other.sees, [])) = 0
         RETURN other.key
       } AS administrators
