// Changes whose planned difference waits for what sources of discovery see.
CREATE INDEX change_awaits_since IF NOT EXISTS FOR (change:Change) ON (change.awaits_since);
