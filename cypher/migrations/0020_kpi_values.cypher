// What kept values of indicators are found by, so that one of a period is kept once.
CREATE CONSTRAINT kpi_value_key IF NOT EXISTS FOR (value:KPIValue) REQUIRE value.key IS UNIQUE;
CREATE INDEX kpi_value_identity IF NOT EXISTS FOR (value:KPIValue) ON (value.identity);
