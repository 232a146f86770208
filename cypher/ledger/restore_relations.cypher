// ledger.restore_relations (write)
// Makes relations between records as they were. One row.
//
// $rows  list[map]  {source, type, target, properties}
// -> made  int  relations; fewer than given where an end is missing
//
// seek    record_id
// budget  300 ms for 5,000
// outside the entries of these relations come from the same backup
// why     A restore repeats what the ledger tells; it adds nothing to it.
// allow   Eager: rows are read before properties are set
// allow   CartesianProduct: of two single records, each found by its id
UNWIND $rows AS row
MATCH (source:Record {id: row.source})
MATCH (target:Record {id: row.target})
CREATE (source)-[relation:$(row.type)]->(target)
SET relation = row.properties
RETURN count(*) AS made
