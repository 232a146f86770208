// ledger.write_entry (write)
// Writes all changes of one verb, their entry and the new head. One row of counts.
//
// $entry      map        the entry's properties; those of a bulk verb's seal come after it
// $head       map        seq, hash, at and counters after it
// $created    list[map]  {labels, properties}
// $updated    list[map]  {id, op, before, after}; before is canonical JSON
// $retired    list[map]  {id, before, after, labels}: its live labels give way to these
// $reinstated list[map]  {id, before, after, labels}: back to these live labels
// $related    list[map]  {source, ties}: what leaves a record, as {type, target, properties}
// $rerelated  list[map]  {source, type, target, before, after}
// $unrelated  list[map]  {source, type, target, before}
// $keys       list[map]  {key, digest, outcome, seq, at}: at most one
// -> updated     int  records found and changed
// -> retired     int  records found and retired
// -> reinstated  int  records found and reinstated
// -> related     int  relations made
// -> rerelated   int  relations found and changed
// -> unrelated   int  relations found and ended
//
// seek    ledger_head_id record_id idempotency_key
// budget  5 ms for one change, 300 ms for a chunk
// why     One statement for every verb: nothing else in the product writes records. The caller
//         compares the counts with what it decided and rolls back when they differ.
// allow   Eager: creations, then relations between them; each part must see the one before whole
// allow   CartesianProduct: of two single records, each found by its id
MATCH (head:LedgerHead {id: 'head'})
SET head += $head
CREATE (entry:LedgerEntry)
SET entry = $entry
WITH entry
CALL () {
  UNWIND $keys AS row
  MERGE (key:IdempotencyKey {key: row.key})
  SET key = row
}
CALL () {
  UNWIND $created AS row
  CREATE (record:Record:$(row.labels))
  SET record = row.properties
}
CALL (entry) {
  UNWIND $updated AS row
  MATCH (record:Record {id: row.id})
  SET record += row.after
  CREATE (entry)-[:CHANGED {op: row.op, before: row.before}]->(record)
  RETURN count(*) AS updated
}
CALL (entry) {
  UNWIND $retired AS row
  MATCH (record:Record {id: row.id})
  SET record += row.after
  REMOVE record:$([label IN labels(record) WHERE label <> 'Record'])
  SET record:$(row.labels)
  CREATE (entry)-[:CHANGED {op: 'retire', before: row.before}]->(record)
  RETURN count(*) AS retired
}
CALL (entry) {
  UNWIND $reinstated AS row
  MATCH (record:Record {id: row.id})
  SET record += row.after
  REMOVE record:$([label IN labels(record) WHERE label <> 'Record'])
  SET record:$(row.labels)
  CREATE (entry)-[:CHANGED {op: 'reinstate', before: row.before}]->(record)
  RETURN count(*) AS reinstated
}
CALL () {
  UNWIND $related AS row
  MATCH (source:Record {id: row.source})
  UNWIND row.ties AS tie
  MATCH (target:Record {id: tie.target})
  CREATE (source)-[relation:$(tie.type)]->(target)
  SET relation = tie.properties
  RETURN count(*) AS related
}
CALL (entry) {
  UNWIND $rerelated AS row
  MATCH (source:Record {id: row.source})-[relation:$(row.type)]->(:Record {id: row.target})
  SET relation += row.after
  CREATE (entry)-[:CHANGED {op: 'change_relation', type: row.type, target: row.target, before: row.before}]->(source)
  RETURN count(*) AS rerelated
}
CALL (entry) {
  UNWIND $unrelated AS row
  MATCH (source:Record {id: row.source})-[relation:$(row.type)]->(:Record {id: row.target})
  DELETE relation
  CREATE (entry)-[:CHANGED {op: 'unrelate', type: row.type, target: row.target, before: row.before}]->(source)
  RETURN count(*) AS unrelated
}
RETURN updated, retired, reinstated, related, rerelated, unrelated
