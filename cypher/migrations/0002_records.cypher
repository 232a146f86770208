// Keys of every kind of record, and what lists are ordered and filtered by.
CREATE CONSTRAINT element_key IF NOT EXISTS FOR (element:Element) REQUIRE element.key IS UNIQUE;
CREATE CONSTRAINT ci_type_key IF NOT EXISTS FOR (type:CIType) REQUIRE type.key IS UNIQUE;
CREATE CONSTRAINT relationship_type_key IF NOT EXISTS FOR (type:RelationshipType) REQUIRE type.key IS UNIQUE;
CREATE CONSTRAINT configuration_scope_key IF NOT EXISTS FOR (scope:ConfigurationScope) REQUIRE scope.key IS UNIQUE;
CREATE CONSTRAINT identifier_key IF NOT EXISTS FOR (identifier:Identifier) REQUIRE identifier.key IS UNIQUE;
CREATE CONSTRAINT sync_run_key IF NOT EXISTS FOR (run:SyncRun) REQUIRE run.key IS UNIQUE;
CREATE CONSTRAINT person_key IF NOT EXISTS FOR (person:Person) REQUIRE person.key IS UNIQUE;
CREATE CONSTRAINT group_key IF NOT EXISTS FOR (group:Group) REQUIRE group.key IS UNIQUE;
CREATE CONSTRAINT role_key IF NOT EXISTS FOR (role:Role) REQUIRE role.key IS UNIQUE;
CREATE CONSTRAINT customer_key IF NOT EXISTS FOR (customer:Customer) REQUIRE customer.key IS UNIQUE;
CREATE CONSTRAINT account_key IF NOT EXISTS FOR (account:Account) REQUIRE account.key IS UNIQUE;
CREATE CONSTRAINT api_token_key IF NOT EXISTS FOR (token:ApiToken) REQUIRE token.key IS UNIQUE;
CREATE CONSTRAINT api_token_hint IF NOT EXISTS FOR (token:ApiToken) REQUIRE token.hint IS UNIQUE;
CREATE INDEX element_name IF NOT EXISTS FOR (element:Element) ON (element.name);
CREATE INDEX ci_type_of IF NOT EXISTS FOR (ci:CI) ON (ci.type, ci.id);
CREATE INDEX ci_id IF NOT EXISTS FOR (ci:CI) ON (ci.id);
CREATE INDEX sync_run_source IF NOT EXISTS FOR (run:SyncRun) ON (run.source);
CREATE FULLTEXT INDEX element_text IF NOT EXISTS FOR (element:Element) ON EACH [element.key, element.name, element.description];
