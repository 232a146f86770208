// ledger.keep_key (write)
// Keeps the outcome of a verb that changed nothing, so that a repeat answers alike. One row.
//
// $keys  list[map]  {key, digest, outcome, at}
// -> kept  int  keys kept
//
// seek    idempotency_key
// budget  2 ms
// outside key nodes are forgotten after seven days
// why     Key nodes are outside the ledger: they are forgotten after seven days.
// allow   Eager: of one row; it is found or made before it is set
UNWIND $keys AS row
MERGE (key:IdempotencyKey {key: row.key})
SET key = row
RETURN count(*) AS kept
