// confm.revert_context (read)
// Records and relations that are about to be put back, as they are now. One row.
//
// $scope    str              key of the scope
// $ids      list[str]        of records
// $triples  list[list[str]]  [source id, type, target id]
// -> token      str              of the run that holds the scope, or null
// -> records    list[list[any]]  [id, labels, properties]
// -> relations  list[list[any]]  [source id, type, target id, properties]
// -> ties       list[list[str]]  [id, source id, type, target id] of all relations of the records
//
// seek    sync_scope_key record_id
// budget  80 ms for 5,000 of each
// why     What others changed since is not put back over their heads.
OPTIONAL MATCH (scope:SyncScope {key: $scope})
RETURN scope.lease_token AS token,
       COLLECT {
         UNWIND $ids AS id
         MATCH (record:Record {id: id})
         RETURN [record.id, labels(record), properties(record)]
       } AS records,
       COLLECT {
         UNWIND $triples AS triple
         MATCH (source:Record {id: triple[0]})-[relation:$(triple[1])]->(target:Record {id: triple[2]})
         RETURN [source.id, type(relation), target.id, properties(relation)]
       } AS relations,
       COLLECT {
         UNWIND $ids AS id
         MATCH (record:Record {id: id})-[relation]-(other:Record)
         RETURN [id, startNode(relation).id, type(relation), endNode(relation).id]
       } AS ties
