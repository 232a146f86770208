// checks.credentials (read)
// Credentials that belong to nobody, and accounts and tokens without one. One row for each.
//
// $limit  int  most that are told
// -> told  str  what, and whose
//
// seek    record_id credential_id
// budget  50 ms
// why     Credentials lie beside the ledger, so that nothing else notices.
CALL () {
  MATCH (credential:Credential)
  WHERE NOT EXISTS { MATCH (record:Record {id: credential.id}) }
  RETURN 'credential of nobody: ' + coalesce(credential.id, elementId(credential)) AS told
  UNION ALL
  MATCH (account:Account)
  WHERE NOT EXISTS { MATCH (credential:Credential {id: account.id}) WHERE credential.secret IS NOT NULL }
  RETURN 'account without credential: ' + coalesce(account.key, account.id) AS told
  UNION ALL
  MATCH (token:ApiToken)
  WHERE NOT EXISTS { MATCH (credential:Credential {id: token.id}) WHERE credential.secret IS NOT NULL }
  RETURN 'token without credential: ' + coalesce(token.key, token.id) AS told
}
RETURN told
LIMIT $limit
