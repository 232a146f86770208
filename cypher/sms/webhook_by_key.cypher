// sms.webhook_by_key (read)
// A webhook by key.
//
// $key  str  key
// -> webhook  map  its properties
//
// seek    webhook_key
// budget  1 ms
// why     One read before one write.
MATCH (webhook:Webhook {key: $key})
RETURN properties(webhook) AS webhook
