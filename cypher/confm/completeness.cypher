// confm.completeness (read)
// What is missing of each live element that is seen, by what has to be known of its type. One row.
//
// $rules  map        {known, related, fresh} by CI type, or by kind for what is no CI
// $all    bool       whether everything is seen
// $types  list[str]  CI types that are seen
// -> elements  list[list[any]]  [id, key, name, kind, type, owner, asked, missing]
//
// seek    ci_type_key group_key
// budget  3 s for 100,000 elements
// why     Scores by type, service and owner are of the same elements at the same moment (PR11.2).
RETURN COLLECT {
         MATCH (element:Element)
         WHERE element.lifecycle <> 'planned' AND ($all OR element.type IS NULL OR element.type IN $types)
         WITH element, head([label IN labels(element) WHERE label IN ['Service', 'ServiceComponent', 'CI', 'RedundancyGroup']]) AS kind
         WITH element, kind, $rules[coalesce(element.type, kind)] AS rule
         WHERE rule IS NOT NULL
         WITH element, kind, rule,
              coalesce(
                head(COLLECT { MATCH (element)-[:OWNED_BY]->(owner:Record) RETURN owner.key }),
                head(COLLECT {
                  MATCH (type:CIType {key: element.type}) MATCH (group:Group {key: type.owner_group}) RETURN group.key
                })
              ) AS owner,
              CASE WHEN size(rule.related) = 0 THEN []
                   ELSE COLLECT { MATCH (element)-[relation]-(:Element) RETURN DISTINCT type(relation) } END AS related,
              CASE WHEN rule.fresh IS NULL THEN null
                   ELSE EXISTS {
                     MATCH (element)<-[said:VERIFIES]-(:Verification)
                     WHERE said.attested = 'as_recorded' AND said.attested_at >= rule.fresh
                   } OR element.updated_at >= rule.fresh END AS fresh
         WITH element, kind, owner, size(rule.known) + size(rule.related) + CASE WHEN fresh IS NULL THEN 0 ELSE 1 END AS asked,
              [name IN rule.known WHERE CASE WHEN name = 'owner' THEN owner IS NULL
                 ELSE coalesce(toStringOrNull(element[name]), CASE WHEN element[name] IS NULL THEN '' ELSE 'some' END) = '' END]
              + [name IN rule.related WHERE NOT name IN related]
              + CASE WHEN fresh = false THEN ['fresh'] ELSE [] END AS missing
         WHERE asked > 0
         RETURN [element.id, element.key, element.name, kind, element.type, owner, asked, missing]
         ORDER BY element.key
       } AS elements
