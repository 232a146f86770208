// flow.digests_due (read)
// Digests that are due, with the first messages that are held for each. One row for each digest.
//
// $now    str  UTC
// $limit  int  digests at most
// $most   int  messages of a digest that come along at most
// -> digest  str        the rule that it is of
// -> person  str        id of whom it goes to
// -> due     str        when it was due
// -> ids     list[str]  ids of all messages that are held for it, in order
// -> parts   list[map]  {seq, verb, key, record, subject, body} of the first of them, in order
// -> last    map        {verb, key} of the last of them
//
// seek    delivery_due delivery_id
// budget  50 ms for a thousand messages
// why     What somebody is to be told by e-mail comes as one message, once for each time. Words are
//         read of those messages alone that are shown, however many are held.
MATCH (delivery:Delivery {status: 'held'})
WHERE delivery.next_at <= $now
WITH delivery.id AS id, delivery.digest AS digest, delivery.person AS person, delivery.next_at AS due
ORDER BY id
WITH digest, person, due, collect(id) AS ids
ORDER BY due, digest, person LIMIT $limit
RETURN digest, person, due, ids,
       COLLECT {
         UNWIND ids[..$most] AS id
         MATCH (part:Delivery {id: id})
         WITH part ORDER BY part.id
         RETURN part {.seq, .verb, .key, .record, .subject, .body}
       } AS parts,
       head(COLLECT {
         MATCH (part:Delivery {id: ids[-1]})
         RETURN part {.verb, .key}
       }) AS last
ORDER BY due, digest, person
