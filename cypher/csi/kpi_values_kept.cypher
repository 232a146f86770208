// csi.kpi_values_kept (read)
// Which values are kept already, and when the ledger began. One row.
//
// $identities  list[str]  digests of definition, formula and period
// -> kept   list[str]  those of them that are kept
// -> began  str        moment of the first entry; null: there is none
//
// seek    kpi_value_identity ledger_entry_seq
// budget  3 ms
// why     A value of a period is kept once, and none of a time before there was anything (PR14.1).
RETURN COLLECT {
         UNWIND $identities AS identity
         MATCH (value:KPIValue {identity: identity})
         RETURN DISTINCT identity
       } AS kept,
       COLLECT { MATCH (first:LedgerEntry {seq: 1}) RETURN first.at }[0] AS began
