// flow.read_notices (write)
// Notes that a person has read messages. One row.
//
// $person  str        id of the person
// $ids     list[str]  of deliveries; empty: all that are not read
// $now     str        UTC
// -> read  int  how many were not read until now
//
// seek    delivery_person
// budget  5 ms
// outside whether somebody has read a message is nothing that the ledger keeps
// allow   Eager: all are read before it is told how many
// why     Nobody reads in somebody else's name: the person is part of the look-up.
MATCH (delivery:Delivery {person: $person})
WHERE delivery.id > '' AND delivery.channel = 'in_app' AND delivery.read_at IS NULL
  AND (size($ids) = 0 OR delivery.id IN $ids)
SET delivery.read_at = $now
RETURN count(delivery) AS read
