// ledger.births_of (read)
// Entries that made some records, and the relations that start at them.
//
// $ids  list[str]  the records
// -> created  int  number of the entry that made one of them
//
// seek    record_id
// budget  5 ms
// why     What is new pays no edge to its entry; it carries the entry's number instead.
UNWIND $ids AS id
MATCH (record:Record {id: id})
CALL (record) {
  RETURN record.created AS created
  UNION
  MATCH (record)-[relation]->(:Record)
  RETURN relation.created AS created
}
RETURN DISTINCT created
