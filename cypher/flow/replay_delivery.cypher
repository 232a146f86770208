// flow.replay_delivery (write)
// Has a message tried once more that was given up or waits. One row if there is such a one.
//
// $id   str  of the delivery
// $now  str  UTC
// -> id  str  of the delivery
//
// seek    delivery_id
// budget  2 ms
// outside whether a message was delivered is nothing that the ledger keeps
// why     What was sent is not sent again, and what is shown in the product waits for nobody.
MATCH (delivery:Delivery {id: $id})
WHERE delivery.status IN ['waiting', 'dead'] AND delivery.channel <> 'in_app'
SET delivery.status = 'waiting', delivery.next_at = $now, delivery.attempts = 0
RETURN delivery.id AS id
