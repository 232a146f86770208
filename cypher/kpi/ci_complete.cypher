// kpi.ci_complete (read)
// Of the CIs at the end of the period, those of which enough is known by what completeness asks for.
//
// $until  str  end of the period, UTC; not included
// $ages   list[str]  moments after which a CI has to be changed or attested to be fresh, the earliest first
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    CIs of which at least the share of the bar is known
// -> denominator  int    CIs of which something is asked, registered before the end of the period, and not
//                        retired before it
// -> rows         list[map]  definitions of types: {ci_types, relationship_types, scopes}; then CIs that are
//                        alike: {type, owned, known, related, fresh, many}; known, names of fields with a
//                        value; fresh, after how many of the moments
//
// process confm
// unit    share
// known   what is known of them, and what is asked
// seek    -
// budget  8 s for 100,000 CIs
// why     What is not known of a CI cannot be controlled. What is asked of a type, it inherits, so that CIs
//         that are alike are counted here, and held against it beside the statement.
CALL () {
  MATCH (unit:CI)
  WHERE unit.created_at < $until
  RETURN unit
  UNION ALL
  MATCH (unit:RetiredCI)
  WHERE unit.created_at < $until
  MATCH (gone:LedgerEntry {seq: unit.retired})
  WHERE gone.at >= $until
  RETURN unit
}
WITH unit WHERE unit.lifecycle <> 'planned'
WITH unit,
     EXISTS { (unit)-[:OWNED_BY]->() } OR EXISTS {
       MATCH (type:CIType {key: unit.type}) MATCH (:Group {key: type.owner_group})
     } AS owned,
     COLLECT {
       UNWIND keys(unit) AS name
       WITH name WHERE coalesce(toStringOrNull(unit[name]), 'some') <> ''
       RETURN name ORDER BY name
     } AS known,
     COLLECT { MATCH (unit)-[tie]-(:Element) RETURN DISTINCT type(tie) AS name ORDER BY name } AS related,
     size([age IN $ages WHERE unit.updated_at >= age OR EXISTS {
       MATCH (unit)<-[said:VERIFIES]-(:Verification)
       WHERE said.attested = 'as_recorded' AND said.attested_at >= age
     }]) AS fresh
WITH unit.type AS type, owned, known, related, fresh, count(unit) AS many
ORDER BY type, many
WITH collect({type: type, owned: owned, known: known, related: related, fresh: fresh, many: many}) AS alike
RETURN null AS value, 0 AS numerator, 0 AS denominator,
       CASE WHEN size(alike) = 0 THEN [] ELSE
         [{ci_types: COLLECT { MATCH (type:CIType) RETURN properties(type) ORDER BY type.key },
           relationship_types: COLLECT { MATCH (type:RelationshipType) RETURN properties(type) ORDER BY type.key },
           scopes: []}] + alike
       END AS rows
