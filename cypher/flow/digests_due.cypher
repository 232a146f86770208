// flow.digests_due (read)
// Messages that are held for digests which are due, of each digest together. One row for each digest.
//
// $now    str  UTC
// $limit  int  digests at most
// -> digest  str        the rule that it is of
// -> person  str        id of whom it goes to
// -> due     str        when it was due
// -> parts   list[map]  {id, seq, verb, key, record, subject, body} of the messages, in order
//
// seek    delivery_due
// budget  50 ms for a thousand messages
// why     What somebody is to be told by e-mail comes as one message, once for each time.
MATCH (delivery:Delivery {status: 'held'})
WHERE delivery.next_at <= $now
WITH delivery ORDER BY delivery.id
WITH delivery.digest AS digest, delivery.person AS person, delivery.next_at AS due,
     collect(delivery {.id, .seq, .verb, .key, .record, .subject, .body}) AS parts
RETURN digest, person, due, parts ORDER BY due, digest, person LIMIT $limit
