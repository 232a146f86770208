// The ledger: every record has one opaque id, every entry one number, every attempt one entry.
CREATE CONSTRAINT record_id IF NOT EXISTS FOR (record:Record) REQUIRE record.id IS UNIQUE;
CREATE CONSTRAINT ledger_head_id IF NOT EXISTS FOR (head:LedgerHead) REQUIRE head.id IS UNIQUE;
CREATE CONSTRAINT ledger_entry_seq IF NOT EXISTS FOR (entry:LedgerEntry) REQUIRE entry.seq IS UNIQUE;
CREATE CONSTRAINT ledger_entry_op IF NOT EXISTS FOR (entry:LedgerEntry) REQUIRE entry.op IS UNIQUE;
CREATE INDEX ledger_entry_at IF NOT EXISTS FOR (entry:LedgerEntry) ON (entry.at);
CREATE CONSTRAINT idempotency_key IF NOT EXISTS FOR (key:IdempotencyKey) REQUIRE key.key IS UNIQUE;
CREATE INDEX idempotency_key_at IF NOT EXISTS FOR (key:IdempotencyKey) ON (key.at);
CREATE CONSTRAINT credential_id IF NOT EXISTS FOR (credential:Credential) REQUIRE credential.id IS UNIQUE;
MERGE (head:LedgerHead {id: 'head'})
  ON CREATE SET head.seq = 0, head.at = '', head.hash = '0000000000000000000000000000000000000000000000000000000000000000';
