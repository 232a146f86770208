// sms.token_by_key (read)
// An API token by key. One row, or none.
//
// $key  str  its key
// -> token  map  its properties
//
// seek    api_token_key
// budget  2 ms
// why     One read before one write.
MATCH (token:ApiToken {key: $key})
RETURN properties(token) AS token
