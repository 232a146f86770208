// ledger.relations_together (read)
// Relations as they are, those of them that exist. One row.
//
// $triples  list[list[str]]  [source, type, target]
// -> rows  list[list[any]]  [source, type, target, properties]
//
// seek    record_id
// budget  100 ms for 5,000
// why     What ledger.relations_now says, of many: a row each costs more than to find it.
RETURN COLLECT {
         UNWIND $triples AS triple
         MATCH (source:Record {id: triple[0]})-[relation:$(triple[1])]->(target:Record {id: triple[2]})
         RETURN [source.id, type(relation), target.id, properties(relation)]
       } AS rows
