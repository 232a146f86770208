// What verifications are found by to say when the next one is due, and deviations so that none is raised twice.
CREATE INDEX verification_plan IF NOT EXISTS FOR (verification:Verification) ON (verification.plan);
CREATE INDEX deviation_finding IF NOT EXISTS FOR (deviation:Deviation) ON (deviation.finding);
// How far was looked for deviations; kept beside the ledger.
CREATE CONSTRAINT sweep_key IF NOT EXISTS FOR (sweep:Sweep) REQUIRE sweep.key IS UNIQUE;
