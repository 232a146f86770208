// Changes whose planned difference waits for what sources of discovery see.
CREATE INDEX change_awaits_since IF NOT EXISTS FOR (change:Change) ON (change.awaits_since);
// Releases of fixed cycles, each planned once.
CREATE INDEX release_cycle_of IF NOT EXISTS FOR (release:Release) ON (release.cycle_of);
CREATE CONSTRAINT release_cycle_key IF NOT EXISTS FOR (release:Release) REQUIRE release.cycle_key IS UNIQUE;
// Goals of the plan, by the day they are to be reached.
CREATE INDEX goal_due_at IF NOT EXISTS FOR (goal:Goal) ON (goal.due_at);
