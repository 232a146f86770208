// flow.webhooks (read)
// All webhooks, the oldest first. One row.
//
// -> webhooks  list[map]  their properties
//
// seek    -
// budget  5 ms for a thousand
// why     There are a handful; which verbs they want is matched in the process.
RETURN COLLECT { MATCH (webhook:Webhook) RETURN properties(webhook) ORDER BY webhook.id LIMIT 10000 } AS webhooks
