// confm.sync_elements_context (read)
// What decides what becomes of a chunk of observed elements. One row.
//
// $scope        str        key of the sync scope
// $keys         list[str]  keys of the elements
// $identifiers  list[str]  keys of the identifiers they would carry
// -> token     str              of the run that holds the scope, or null
// -> elements  list[list[any]]  [labels, properties, [[identifier, relation], …]] of those that live
// -> held      list[list[any]]  [key, id, id of the holder, its key, its labels]
// -> scopes    list[map]        configuration scopes in force
//
// seek    sync_scope_key element_key identifier_key
// budget  60 ms for 5,000 keys
// why     One read for a chunk; collected, because records are the cost and not look-ups.
OPTIONAL MATCH (sync:SyncScope {key: $scope})
RETURN sync.lease_token AS token,
       COLLECT {
         UNWIND $keys AS key
         MATCH (element:Element {key: key})
         RETURN [labels(element), properties(element),
                 COLLECT { MATCH (element)-[bound:IDENTIFIED_BY]->(identifier:Identifier) RETURN [properties(identifier), properties(bound)] }]
       } AS elements,
       COLLECT {
         UNWIND $identifiers AS wanted
         MATCH (identifier:Identifier {key: wanted})
         OPTIONAL MATCH (holder:Element)-[:IDENTIFIED_BY]->(identifier)
         RETURN [identifier.key, identifier.id, holder.id, holder.key, labels(holder)]
       } AS held,
       COLLECT { MATCH (scope:ConfigurationScope) RETURN properties(scope) } AS scopes
