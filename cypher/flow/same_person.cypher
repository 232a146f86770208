// flow.same_person (read)
// Accounts that act for the same person as one. Collected.
//
// $login  str  login of the account
// -> logins  list[str]  of the others
//
// seek    account_key
// budget  2 ms
// why     Who may not do something because of what they did before may not do it with another account.
MATCH (account:Account {key: $login})
RETURN COLLECT {
  MATCH (account)-[:ACTS_FOR]->(:Person)<-[:ACTS_FOR]-(other:Account)
  RETURN other.key
} AS logins
