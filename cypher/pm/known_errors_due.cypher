// pm.known_errors_due (read)
// Known errors and other workarounds that hold and are to be looked at again. A row for each.
//
// $at  str  the moment, UTC
// -> id     str   opaque id
// -> key    str   its key
// -> due    str   since when, UTC
// -> other  bool  it is a workaround beside that of its known error
//
// seek    -
// budget  20 ms for 10,000 known errors
// why     What nobody looks at misleads those who resolve incidents (PR10.4).
CALL () {
  MATCH (known:KnownError)
  RETURN known AS held
  UNION ALL
  MATCH (way:Workaround)
  RETURN way AS held
}
WITH held
WHERE held.closed_at IS NULL AND held.review_due_at <= $at
RETURN held.id AS id, held.key AS key, held.review_due_at AS due, held:Workaround AS other
