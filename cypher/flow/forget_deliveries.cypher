// flow.forget_deliveries (write)
// Forgets messages that are over and old. One row.
//
// $before  str  only those made before, UTC
// $limit   int  most that are forgotten at once
// -> forgotten  int  how many
//
// seek    delivery_age
// budget  50 ms for a thousand
// outside messages follow from entries of the ledger, which stay
// allow   Eager: they are chosen before they go
// why     They hold words about people, and nobody reads them any more.
MATCH (delivery:Delivery)
WHERE delivery.status IN ['sent', 'dead', 'collected'] AND delivery.created_at < $before
WITH delivery LIMIT $limit
DETACH DELETE delivery
RETURN count(*) AS forgotten
