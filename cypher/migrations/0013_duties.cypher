// What is due, and what waits to be delivered: both are kept beside the ledger.
CREATE CONSTRAINT duty_key IF NOT EXISTS FOR (duty:Duty) REQUIRE duty.key IS UNIQUE;
CREATE CONSTRAINT delivery_id IF NOT EXISTS FOR (delivery:Delivery) REQUIRE delivery.id IS UNIQUE;
CREATE INDEX delivery_due IF NOT EXISTS FOR (delivery:Delivery) ON (delivery.status, delivery.next_at);
CREATE INDEX delivery_age IF NOT EXISTS FOR (delivery:Delivery) ON (delivery.status, delivery.created_at);
CREATE INDEX delivery_person IF NOT EXISTS FOR (delivery:Delivery) ON (delivery.person, delivery.id);
