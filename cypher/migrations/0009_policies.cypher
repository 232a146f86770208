// Versions of policies: keys, and what they are looked up by. What they say is written by a verb.
CREATE CONSTRAINT policy_key IF NOT EXISTS FOR (policy:Policy) REQUIRE policy.key IS UNIQUE;
CREATE INDEX policy_kind_name IF NOT EXISTS FOR (policy:Policy) ON (policy.kind, policy.name);
CREATE INDEX policy_status IF NOT EXISTS FOR (policy:Policy) ON (policy.status);
