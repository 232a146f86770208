// flow.note_delivery (write)
// Keeps how the delivery of a message went, unless it was tried again meanwhile. One row if so.
//
// $id        str  of the delivery
// $attempts  int  which attempt this was
// $state  map  status, and when it was sent or is due again, and why it failed
// -> id  str  of the delivery
//
// seek    delivery_id
// budget  2 ms
// outside whether a message was delivered is nothing that the ledger keeps
// why     Written after each one, so that a kill repeats one message at most.
MATCH (delivery:Delivery {id: $id, status: 'waiting', attempts: $attempts})
SET delivery += $state
RETURN delivery.id AS id
