// ledger.backup_strangers (read)
// Labels of nodes that the product does not know of, with how many carry them.
//
// -> labels  list[str]  labels, sorted
// -> count   int        nodes
//
// seek    -
// budget  2 s for 1,000,000 nodes; asked only when the counts say that there are such nodes
// why     What a backup leaves out is named, never left out in silence.
// allow   AllNodesScan: nodes without a known label are found by no index
MATCH (stranger)
WHERE NOT stranger:Record AND NOT stranger:LedgerEntry AND NOT stranger:LedgerHead
  AND NOT stranger:IdempotencyKey AND NOT stranger:Credential AND NOT stranger:Migration
  AND NOT stranger:SyncScope AND NOT stranger:HashBucket AND NOT stranger:RunState
  AND NOT stranger:Duty AND NOT stranger:Delivery AND NOT stranger:Sweep
  AND NOT stranger:RunChunk AND NOT stranger:ParkedRow AND NOT stranger:RestoreMark
WITH labels(stranger) AS labels, count(*) AS count
RETURN labels, count
ORDER BY count DESC LIMIT 20
