// flow.keep_digest (write)
// Makes one message of those that were held for it. One row where there were any.
//
// $digest  map        properties of the message that is made, with its id
// $parts   list[str]  ids of what is held for it
// $later   str        when what is too late for it is due, UTC
// -> made  bool  false: there was one for this time already, and what came late waits for the next
//
// seek    delivery_id
// budget  20 ms for a thousand
// outside messages follow from entries of the ledger, which stay
// allow   Eager: the message is there before its parts are noted
// why     Made and noted in one transaction: a kill before loses nothing, and one after doubles nothing.
MERGE (made:Delivery {id: $digest.id})
ON CREATE SET made += $digest, made.fresh = true
WITH made, coalesce(made.fresh, false) AS fresh
REMOVE made.fresh
WITH made, fresh
UNWIND $parts AS id
MATCH (part:Delivery {id: id, status: 'held'})
SET part.status = CASE WHEN fresh THEN 'collected' ELSE part.status END,
    part.within = CASE WHEN fresh THEN made.id ELSE part.within END,
    part.next_at = CASE WHEN fresh THEN part.next_at ELSE $later END
RETURN DISTINCT fresh AS made
