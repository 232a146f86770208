// sms.account_context (read)
// An account by login, and whether any account exists. One row.
//
// $login  str  wanted login
// -> account  map  its properties, or null
// -> count    int  live accounts
//
// seek    account_key
// budget  2 ms
// why     One read before one write; the first account is special.
OPTIONAL MATCH (account:Account {key: $login})
RETURN properties(account) AS account, COUNT { MATCH (:Account) } AS count
