// ledger.records_now (read)
// Records as they are, live or retired. One row for each that exists.
//
// $ids  list[str]  which
// -> id          str        the record
// -> labels      list[str]  its labels
// -> properties  map        all of them, the salt among them
//
// seek    record_id
// budget  5 ms for 100
// why     Undoing starts from now.
UNWIND $ids AS id
MATCH (record:Record {id: id})
RETURN record.id AS id, labels(record) AS labels, properties(record) AS properties
