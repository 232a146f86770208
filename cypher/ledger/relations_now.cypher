// ledger.relations_now (read)
// Relations as they are. One row for each that exists.
//
// $triples  list[list[str]]  [source, type, target]
// -> source      str  id
// -> type        str  relationship type
// -> target      str  id
// -> properties  map  all of them
//
// seek    record_id
// budget  5 ms for 100
// why     Undoing starts from now.
UNWIND $triples AS triple
MATCH (source:Record {id: triple[0]})-[relation:$(triple[1])]->(target:Record {id: triple[2]})
RETURN source.id AS source, type(relation) AS type, target.id AS target, properties(relation) AS properties
