// ledger.story_so_far (read)
// Since when the ledger is, and how far the demo's story was told in it; one row.
//
// $via  str  the way in that the story's entries name
// -> first      str  moment of the first entry; null: there is none
// -> last       str  moment of the newest
// -> last_told  str  moment of the newest that is the story's; null: nothing was told
// -> last_act   str  what was being told then
//
// seek    ledger_entry_seq ledger_head_id
// budget  1 s for a million entries
// why     Asked once when the demo starts. The ledger itself says how far the story was told, so that
//         nothing has to be kept beside it.
OPTIONAL MATCH (first:LedgerEntry {seq: 1})
OPTIONAL MATCH (head:LedgerHead {id: 'head'})
WITH first.at AS first, head.at AS last, COLLECT {
  MATCH (entry:LedgerEntry)
  WHERE entry.seq >= 1 AND entry.via = $via
  RETURN {at: entry.at, act: entry.reason} ORDER BY entry.seq DESC LIMIT 1
}[0] AS told
RETURN first, last, told.at AS last_told, told.act AS last_act
