// confm.registration_context (read)
// What decides whether an element may be registered or changed. One row.
//
// $key          str        wanted key, or null
// $owner        str        id or key of a person or group, or null
// $identifiers  list[str]  keys of identifiers it would carry
// -> taken   str        id of the live element with the key, or null
// -> owners  list[map]  {id, key} of the owner named
// -> held    list[map]  {key, id, holder, holder_key} of identifiers that exist
// -> scopes  list[map]  configuration scopes in force
//
// seek    element_key identifier_key person_key group_key record_id
// budget  3 ms
// why     One read before one write; the caller decides.
OPTIONAL MATCH (element:Element {key: $key})
RETURN element.id AS taken,
       COLLECT {
         CALL () {
           MATCH (owner:Person {key: $owner}) RETURN owner
           UNION
           MATCH (owner:Group {key: $owner}) RETURN owner
           UNION
           MATCH (owner:Record {id: $owner}) WHERE owner:Person OR owner:Group RETURN owner
         }
         RETURN {id: owner.id, key: owner.key}
       } AS owners,
       COLLECT {
         UNWIND $identifiers AS wanted
         MATCH (identifier:Identifier {key: wanted})
         OPTIONAL MATCH (holder:Element)-[:IDENTIFIED_BY]->(identifier)
         RETURN {key: identifier.key, id: identifier.id, holder: holder.id, holder_key: holder.key}
       } AS held,
       COLLECT { MATCH (scope:ConfigurationScope) RETURN properties(scope) } AS scopes
