// flow.keep_digest (write)
// Makes one message of those that were held for it, and notes a portion of them. One row.
//
// $digest  map        properties of the message that is made, with its id
// $parts   list[str]  ids of a portion of what is held for it
// $later   str        when what is too late for it is due, UTC
// $last    bool       it is the last portion: the message can be sent
// -> made  bool  it waits to be sent now; false: more is to be noted, or there was one for this time
//                already, and what came late waits for the next
//
// seek    delivery_id
// budget  20 ms for a thousand
// outside messages follow from entries of the ledger, which stay
// allow   Eager: the message is there before its parts are noted
// why     It is sent once all its parts are noted: a kill before loses nothing, and one after doubles
//         nothing. After one in between, the next turn goes on with it.
MERGE (made:Delivery {id: $digest.id})
ON CREATE SET made += $digest, made.status = 'collecting'
WITH made, made.status = 'collecting' AS open
CALL (made, open) {
  UNWIND $parts AS id
  MATCH (part:Delivery {id: id, status: 'held'})
  SET part.status = CASE WHEN open THEN 'collected' ELSE part.status END,
      part.within = CASE WHEN open THEN made.id ELSE part.within END,
      part.next_at = CASE WHEN open THEN part.next_at ELSE $later END
  RETURN count(part) AS noted
}
SET made.status = CASE WHEN open AND $last THEN $digest.status ELSE made.status END
RETURN open AND $last AS made
