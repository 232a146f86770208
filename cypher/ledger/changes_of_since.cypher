// ledger.changes_of_since (read)
// Changes of one record itself after an entry, newest first, with who made them.
//
// $id     str  the record
// $since  int  exclusive
// -> seq     int  the entry
// -> at      str  when
// -> actor   str  login
// -> via     str  the way in
// -> op      str  what happened
// -> before  str  what was replaced, canonical JSON
//
// seek    record_id
// budget  3 ms
// why     A caller whose version is too old is told who changed what meanwhile. A record has few
//         changes and the ledger many entries; the difference keeps the planner from seeking those.
MATCH (:Record {id: $id})<-[changed:CHANGED]-(entry:LedgerEntry)
WHERE changed.target IS NULL AND entry.seq - $since > 0
RETURN entry.seq AS seq, entry.at AS at, entry.actor AS actor, entry.via AS via,
       changed.op AS op, changed.before AS before
ORDER BY seq DESC
