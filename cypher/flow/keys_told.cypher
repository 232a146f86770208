// flow.keys_told (read)
// Keys of records by id. One row.
//
// $ids  list[str]  which
// -> keys  list[list[str]]  [id, key] of each that is there
//
// seek    record_id
// budget  10 ms for a thousand
// why     An event names what it is about as people do.
RETURN COLLECT {
  UNWIND $ids AS id
  MATCH (record:Record {id: id})
  RETURN [record.id, record.key]
} AS keys
