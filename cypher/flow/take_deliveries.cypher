// flow.take_deliveries (write)
// Takes messages that are due, so that nobody else sends them meanwhile. Collected.
//
// $channels  list[str]  over which can be sent
// $now       str        UTC
// $until     str        when they would be free again, UTC
// $limit     int        most that are taken
// -> deliveries  list[map]  properties of each, and of whom it goes to: email and name of a person;
//                           url, secret_number, rotated_at and revoked of a webhook
//
// seek    delivery_due
// budget  20 ms for a hundred
// outside whether a message was delivered is nothing that the ledger keeps
// allow   Eager: they are chosen before they are changed
// why     Sent at least once, with the same id each time: who sends may be killed in between.
MATCH (delivery:Delivery {status: 'waiting'})
WHERE delivery.next_at <= $now AND delivery.channel IN $channels
WITH delivery ORDER BY delivery.next_at, delivery.id LIMIT $limit
SET delivery.next_at = $until, delivery.attempts = delivery.attempts + 1
WITH delivery
OPTIONAL MATCH (to:Record {id: coalesce(delivery.person, delivery.webhook)})
RETURN collect(delivery {
         .*, email: to.email, name: to.name,
         url: to.url, secret_number: to.secret_number, rotated_at: to.rotated_at, revoked: to.revoked
       }) AS deliveries
