// sms.tokens (read)
// Live API tokens of an account, or of all. Collected.
//
// $account  str  login, or null for all
// -> tokens  list[map]  their properties, newest first
//
// seek    -
// budget  5 ms
// why     Shown to administrators; there are few.
MATCH (token:ApiToken)
WHERE $account IS NULL OR token.account = $account
WITH token ORDER BY token.created DESC
RETURN collect(properties(token)) AS tokens
