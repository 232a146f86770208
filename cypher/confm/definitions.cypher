// confm.definitions (read)
// All CI types, relationship types and scopes in force. One row.
//
// -> ci_types            list[map]  properties of each CIType
// -> relationship_types  list[map]  properties of each RelationshipType
// -> scopes              list[map]  properties of each ConfigurationScope
//
// seek    -
// budget  10 ms
// why     The registry is data (PR11.1): this is where it comes from at run time.
RETURN COLLECT { MATCH (type:CIType) RETURN properties(type) ORDER BY type.key } AS ci_types,
       COLLECT { MATCH (type:RelationshipType) RETURN properties(type) ORDER BY type.key } AS relationship_types,
       COLLECT { MATCH (scope:ConfigurationScope) RETURN properties(scope) ORDER BY scope.key } AS scopes
