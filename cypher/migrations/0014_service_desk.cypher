// What incidents and requests are listed by when time runs out.
CREATE INDEX incident_resolution_due_at IF NOT EXISTS FOR (incident:Incident) ON (incident.resolution_due_at);
