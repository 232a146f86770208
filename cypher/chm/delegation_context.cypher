// chm.delegation_context (read)
// The person behind an account, another person by id or key, and what was delegated between them. One row.
//
// $actor   str  login of the account
// $person  str  id or key of the other person
// -> mine   map  properties of the person behind the account, or null
// -> other  map  properties of the other person, or null
// -> given  map  properties of the delegation from the one to the other, or null
//
// seek    account_key person_key record_id
// budget  3 ms
// why     One read before one write.
// allow   CartesianProduct: of two single rows
OPTIONAL MATCH (:Account {key: $actor})-[:ACTS_FOR]->(mine:Person)
CALL () {
  OPTIONAL MATCH (named:Person {key: $person})
  OPTIONAL MATCH (byId:Record&Person {id: $person})
  RETURN coalesce(named, byId) AS other
}
RETURN properties(mine) AS mine, properties(other) AS other,
       head(COLLECT { MATCH (mine)-[given:DELEGATES_TO]->(other) RETURN properties(given) }) AS given
