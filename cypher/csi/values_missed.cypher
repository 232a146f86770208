// csi.values_missed (read)
// Which kept values say that a target is missed. A row for each.
//
// $identities  list[str]  digests of definition, formula and period
// -> identity  str  that of the value
//
// seek    kpi_value_identity
// budget  3 ms
// why     A target that is missed is an opportunity (PR14.1).
UNWIND $identities AS identity
MATCH (value:KPIValue {identity: identity})
WHERE value.standing = 'missed'
RETURN DISTINCT value.identity AS identity
