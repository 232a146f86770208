// Changes: their keys, and those that wait or are being implemented.
CREATE CONSTRAINT change_key IF NOT EXISTS FOR (change:Change) REQUIRE change.key IS UNIQUE;
CREATE INDEX change_status IF NOT EXISTS FOR (change:Change) ON (change.status);
