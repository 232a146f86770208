// flow.keep_deliveries (write)
// Keeps messages that wait to be delivered; one that is there already stays as it is. One row.
//
// $deliveries  list[map]  properties of each, with its id
// -> made  int  how many are new
//
// seek    delivery_id
// budget  20 ms for a hundred
// outside a message follows from an entry of the ledger, and is made again from it
// allow   Eager: all are there before it is told which are new
// why     An entry that is worked off twice, after a kill, tells nobody twice.
UNWIND $deliveries AS given
MERGE (delivery:Delivery {id: given.id})
ON CREATE SET delivery += given, delivery.fresh = true
WITH delivery, coalesce(delivery.fresh, false) AS fresh
REMOVE delivery.fresh
RETURN sum(CASE WHEN fresh THEN 1 ELSE 0 END) AS made
