// Runs of sources by their end: what changes planned is compared after each.
CREATE INDEX run_state_ended_at IF NOT EXISTS FOR (state:RunState) ON (state.ended_at);
