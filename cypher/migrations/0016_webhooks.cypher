// Webhooks: their keys, and the names that lists are ordered by.
CREATE CONSTRAINT webhook_key IF NOT EXISTS FOR (webhook:Webhook) REQUIRE webhook.key IS UNIQUE;
CREATE INDEX webhook_name IF NOT EXISTS FOR (webhook:Webhook) ON (webhook.name);
