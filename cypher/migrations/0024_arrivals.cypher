// What came in from outside is known again; who writes is found by the address.
CREATE CONSTRAINT arrival_key IF NOT EXISTS FOR (arrival:Arrival) REQUIRE arrival.key IS UNIQUE;
CREATE CONSTRAINT arrival_identity IF NOT EXISTS FOR (arrival:Arrival) REQUIRE arrival.identity IS UNIQUE;
CREATE INDEX arrival_source IF NOT EXISTS FOR (arrival:Arrival) ON (arrival.source);
CREATE INDEX person_email IF NOT EXISTS FOR (person:Person) ON (person.email);
