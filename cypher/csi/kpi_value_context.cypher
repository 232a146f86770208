// csi.kpi_value_context (read)
// The value that is kept of a definition, formula and period, if one is. One row.
//
// $identity  str  digest of the three
// -> known  map  its properties; null: none is kept
//
// seek    kpi_value_identity
// budget  2 ms
// why     Measured again it is the same (PR14.1).
RETURN COLLECT {
         MATCH (value:KPIValue {identity: $identity})
         RETURN properties(value) ORDER BY value.id LIMIT 1
       }[0] AS known
