// sms.accounts (read)
// Live accounts. Collected.
//
// -> accounts  list[map]  their properties, by login
//
// seek    -
// budget  5 ms
// why     Shown to administrators; there are few.
MATCH (account:Account)
WITH account ORDER BY account.key
RETURN collect(properties(account)) AS accounts
