// Runs of sync with their chunks and what they parked, outside the ledger; proposals to retire, in it.
CREATE CONSTRAINT run_state_key IF NOT EXISTS FOR (state:RunState) REQUIRE state.key IS UNIQUE;
CREATE CONSTRAINT run_chunk_key IF NOT EXISTS FOR (chunk:RunChunk) REQUIRE chunk.key IS UNIQUE;
CREATE CONSTRAINT parked_row_key IF NOT EXISTS FOR (parked:ParkedRow) REQUIRE parked.key IS UNIQUE;
CREATE CONSTRAINT retirement_proposal_key IF NOT EXISTS FOR (proposal:RetirementProposal) REQUIRE proposal.key IS UNIQUE;
CREATE INDEX retirement_proposal_element IF NOT EXISTS FOR (proposal:RetirementProposal) ON (proposal.element);
CREATE INDEX retirement_proposal_status IF NOT EXISTS FOR (proposal:RetirementProposal) ON (proposal.status);
CREATE INDEX ledger_entry_run IF NOT EXISTS FOR (entry:LedgerEntry) ON (entry.run);
