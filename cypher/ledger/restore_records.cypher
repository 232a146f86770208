// ledger.restore_records (write)
// Makes records as they were. One row.
//
// $rows  list[map]  {labels, properties}
// -> made  int  records
//
// seek    -
// budget  300 ms for 5,000
// outside the entries of these records come from the same backup
// why     A restore repeats what the ledger tells; it adds nothing to it.
// allow   Eager: rows are read before labels are set
UNWIND $rows AS row
CREATE (record:Record)
SET record = row.properties, record:$(row.labels)
RETURN count(*) AS made
