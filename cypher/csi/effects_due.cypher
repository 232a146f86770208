// csi.effects_due (read)
// Improvements that are implemented, and whose effect nobody has looked at. A row for each.
//
// $before  str  those that were implemented by then
// -> id    str  opaque id
// -> key   str  its key
// -> done  str  when it was implemented, UTC
//
// seek    -
// budget  20 ms for 10,000 of them
// why     Whether something got better is seen afterwards, by the indicator that it aimed at (PR14.3).
MATCH (done:Improvement)
WHERE done.closed_at IS NULL AND done.implemented_at <= $before
RETURN done.id AS id, done.key AS key, done.implemented_at AS done
