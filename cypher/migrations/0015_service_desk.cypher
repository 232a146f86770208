// What incidents and requests are listed by when time runs out.
CREATE INDEX incident_resolution_due_at IF NOT EXISTS FOR (incident:Incident) ON (incident.resolution_due_at);
CREATE INDEX request_resolution_due_at IF NOT EXISTS FOR (request:ServiceRequest) ON (request.resolution_due_at);
CREATE INDEX request_status IF NOT EXISTS FOR (request:ServiceRequest) ON (request.status);
CREATE CONSTRAINT escalation_key IF NOT EXISTS FOR (escalation:Escalation) REQUIRE escalation.key IS UNIQUE;
CREATE CONSTRAINT request_step_key IF NOT EXISTS FOR (step:RequestStep) REQUIRE step.key IS UNIQUE;
CREATE INDEX incident_alert IF NOT EXISTS FOR (incident:Incident) ON (incident.alert);
