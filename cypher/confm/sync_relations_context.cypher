// confm.sync_relations_context (read)
// What decides what becomes of the relations that a chunk of rows states. One row.
//
// $scope   str              key of the sync scope
// $ends    list[str]        keys of elements and parties to look up
// $rows    list[map]        {key, others}: whose relations to look at, and keys at their other ends
// $out     str              mark of what rows of the scope said of relations that start at them
// $in      str              mark of what they said of relations that end at them
// $filled  list[list[str]]  [key, type, out or in]: ends that allow one relation of a type
// -> token      str              of the run that holds the scope, or null
// -> ends       list[list[any]]  [key, id, labels]
// -> relations  list[list[any]]  [row's key, type, source id, target id, properties, other end]
// -> filled     list[list[any]]  [key, type, out or in, ids of the other ends]
//
// seek    sync_scope_key element_key person_key group_key
// budget  80 ms for 5,000 relations
// why     A row's own relations are those its mark is on; others are looked at where it names them.
OPTIONAL MATCH (sync:SyncScope {key: $scope})
RETURN sync.lease_token AS token,
       COLLECT {
         UNWIND $ends AS key
         CALL (key) {
           MATCH (end:Element {key: key}) RETURN end
           UNION ALL
           MATCH (end:Person {key: key}) RETURN end
           UNION ALL
           MATCH (end:Group {key: key}) RETURN end
         }
         RETURN [key, end.id, labels(end)]
       } AS ends,
       COLLECT {
         UNWIND $rows AS row
         MATCH (element:Element {key: row.key})
         CALL (element, row) {
           MATCH (element)-[relation]->(other:Record)
           WHERE $out IN relation.by OR other.key IN row.others
           RETURN relation, [other.id, other.key] AS other
           UNION
           MATCH (element)<-[relation]-(other:Element)
           WHERE $in IN relation.by OR other.key IN row.others
           RETURN relation, [other.id, other.key] AS other
         }
         RETURN [row.key, type(relation), startNode(relation).id, endNode(relation).id, properties(relation), other]
       } AS relations,
       COLLECT {
         UNWIND $filled AS place
         MATCH (element:Element {key: place[0]})
         RETURN [place[0], place[1], place[2],
                 CASE place[2]
                   WHEN 'out' THEN COLLECT { MATCH (element)-[:$(place[1])]->(other:Element) RETURN other.id }
                   ELSE COLLECT { MATCH (element)<-[:$(place[1])]-(other:Element) RETURN other.id }
                 END]
       } AS filled
