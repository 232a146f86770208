// Incidents and maintenance windows: their keys, and the incidents that are open.
CREATE CONSTRAINT incident_key IF NOT EXISTS FOR (incident:Incident) REQUIRE incident.key IS UNIQUE;
CREATE CONSTRAINT maintenance_window_key IF NOT EXISTS FOR (window:MaintenanceWindow) REQUIRE window.key IS UNIQUE;
CREATE INDEX incident_status IF NOT EXISTS FOR (incident:Incident) ON (incident.status);
