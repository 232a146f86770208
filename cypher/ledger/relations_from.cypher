// ledger.relations_from (read)
// Entries that made the relations which start at a record.
//
// $id  str  the record
// -> created  int  number of the entry that made one of them
//
// seek    record_id
// budget  5 ms
// why     A new relation pays no edge to its entry; it carries the entry's number instead.
MATCH (record:Record {id: $id})-[relation]->(:Record)
RETURN DISTINCT relation.created AS created
