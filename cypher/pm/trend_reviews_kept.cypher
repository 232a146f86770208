// pm.trend_reviews_kept (read)
// Which periods were looked through already, and when the ledger began. One row.
//
// $identities  list[str]  digests of rules and period
// -> kept   list[str]  those of them that were
// -> began  str        moment of the first entry; null: there is none
//
// seek    trend_review_identity ledger_entry_seq
// budget  3 ms
// why     A period is looked through once without being asked, and none of a time before there was anything.
RETURN COLLECT {
         UNWIND $identities AS identity
         MATCH (review:TrendReview {identity: identity})
         RETURN DISTINCT identity
       } AS kept,
       COLLECT { MATCH (first:LedgerEntry {seq: 1}) RETURN first.at }[0] AS began
