// sms.keep_credential (write)
// Keeps the digest of a password or token. One row.
//
// $id      str  the account or token
// $secret  str  argon2id or HMAC digest; never the secret itself
// -> kept  int  always 1
//
// seek    credential_id
// budget  2 ms
// outside a digest of a secret belongs into no history
// why     Records say who may sign in; only this says how it is checked.
MERGE (credential:Credential {id: $id})
SET credential.secret = $secret
RETURN count(*) AS kept
