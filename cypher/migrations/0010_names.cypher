// What parties and tokens are looked up by, as their declarations say.
CREATE INDEX person_name IF NOT EXISTS FOR (person:Person) ON (person.name);
CREATE INDEX group_name IF NOT EXISTS FOR (group:Group) ON (group.name);
CREATE INDEX role_name IF NOT EXISTS FOR (role:Role) ON (role.name);
CREATE INDEX customer_name IF NOT EXISTS FOR (customer:Customer) ON (customer.name);
CREATE INDEX api_token_account IF NOT EXISTS FOR (token:ApiToken) ON (token.account);
