// ledger.restore_entries (write)
// Makes entries as they were, with what they replaced. One row.
//
// $rows  list[map]  {entry, changed}: properties, and {id, properties} of each replaced thing
// -> made     int  entries
// -> changed  int  images; fewer than given where a record is missing
//
// seek    record_id
// budget  300 ms for 5,000 changes
// outside it is the ledger itself that is restored
// why     The chain is verified when all are there.
// allow   Eager: entries, then their images
UNWIND $rows AS row
CREATE (entry:LedgerEntry)
SET entry = row.entry
WITH entry, row
CALL (entry, row) {
  UNWIND row.changed AS image
  MATCH (record:Record {id: image.id})
  CREATE (entry)-[changed:CHANGED]->(record)
  SET changed = image.properties
  RETURN count(*) AS found
}
RETURN count(*) AS made, sum(found) AS changed
