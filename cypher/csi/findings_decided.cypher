// csi.findings_decided (read)
// Which findings were decided not long ago. One row.
//
// $findings  list[str]  what tells one finding from another
// $since     str        not long ago: since then, in the stored form
// -> decided  list[str]  those of them that a suggestion was accepted or rejected for
//
// seek    suggestion_finding
// budget  3 ms
// why     What people have decided is not brought before them again until it has had time (PR14.2).
RETURN COLLECT {
         UNWIND $findings AS finding
         MATCH (suggestion:Suggestion {finding: finding})
         WHERE suggestion.closed_at >= $since
         RETURN DISTINCT finding
       } AS decided
