// pm.known_errors_due (read)
// Known errors that hold and are to be looked at again. A row for each.
//
// $at  str  the moment, UTC
// -> id   str  opaque id
// -> key  str  its key
// -> due  str  since when, UTC
//
// seek    -
// budget  20 ms for 10,000 known errors
// why     What nobody looks at misleads those who resolve incidents (PR10.4).
MATCH (known:KnownError)
WHERE known.closed_at IS NULL AND known.review_due_at <= $at
RETURN known.id AS id, known.key AS key, known.review_due_at AS due
