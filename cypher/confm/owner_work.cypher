// confm.owner_work (read)
// What waits for those who answer for elements: of theirs that are seen, what is to be done. One row.
//
// $parties  list[str]  ids of persons and groups
// $rules    map        {known, related, fresh} by CI type, or by kind for what is no CI
// $bar      float      share of what has to be known below which an element is work
// $all      bool       whether everything is seen
// $types    list[str]  CI types that are seen
// -> elements  int        how many they answer for
// -> work      list[map]  {kind, subject, element, since, due, missing}: element is {id, key, name, kind, type}
// -> reviews   list[map]  {subject, title, since, due} of reviews of configuration management that are theirs
//
// seek    record_id ci_type_of group_key
// budget  500 ms for 5,000 elements
// why     An owner of CIs has one list of what waits for them (PR11.2, PR11.4, PR11.5). Who answers for a CI
//         without an owner is the group that its type names.
CALL () {
  MATCH (party:Record)<-[:OWNED_BY]-(element:Element)
  WHERE party.id IN $parties
  RETURN element
  UNION
  MATCH (group:Group)
  WHERE group.id IN $parties
  MATCH (type:CIType)
  WHERE type.owner_group = group.key
  MATCH (element:CI)
  WHERE element.type = type.key AND element.id IS NOT NULL AND NOT EXISTS { MATCH (element)-[:OWNED_BY]->(:Record) }
  RETURN element
}
WITH element
WHERE $all OR element.type IS NULL OR element.type IN $types
WITH collect(element {.id, .key, .name, .type, node: element,
       kind: head([label IN labels(element) WHERE label IN ['Service', 'ServiceComponent', 'CI', 'RedundancyGroup']])}) AS mine
RETURN size(mine) AS elements,
       COLLECT {
         UNWIND mine AS one
         WITH one, one.node AS element, $rules[coalesce(one.type, one.kind)] AS rule
         WHERE rule IS NOT NULL AND element.lifecycle <> 'planned'
         WITH one, element, rule,
              CASE WHEN size(rule.related) = 0 THEN []
                   ELSE COLLECT { MATCH (element)-[relation]-(:Element) RETURN DISTINCT type(relation) } END AS related,
              CASE WHEN rule.fresh IS NULL THEN null
                   ELSE EXISTS {
                     MATCH (element)<-[said:VERIFIES]-(:Verification)
                     WHERE said.attested = 'as_recorded' AND said.attested_at >= rule.fresh
                   } OR element.updated_at >= rule.fresh END AS fresh
         WITH one, element, size(rule.known) + size(rule.related) + CASE WHEN fresh IS NULL THEN 0 ELSE 1 END AS asked,
              [name IN rule.known WHERE name <> 'owner'
                 AND coalesce(toStringOrNull(element[name]), CASE WHEN element[name] IS NULL THEN '' ELSE 'some' END) = '']
              + [name IN rule.related WHERE NOT name IN related]
              + CASE WHEN fresh = false THEN ['fresh'] ELSE [] END AS missing
         WHERE asked > 0 AND 1.0 - toFloat(size(missing)) / asked < $bar
         RETURN {kind: 'incomplete', subject: one.key, element: one {.id, .key, .name, .type, .kind},
                 since: element.updated_at, due: null, missing: missing} AS task
         UNION ALL
         UNWIND mine AS one
         WITH one, one.node AS element
         MATCH (element)<-[said:VERIFIES]-(record:Verification)
         WHERE said.attested IS NULL AND record.closed_at IS NULL
         RETURN {kind: 'attestation', subject: record.key, element: one {.id, .key, .name, .type, .kind},
                 since: record.created_at, due: record.due_at, missing: []} AS task
         UNION ALL
         UNWIND mine AS one
         WITH one, one.node AS element
         MATCH (element)<-[:DEVIATES_AT]-(record:Deviation)
         WHERE record.closed_at IS NULL
         RETURN {kind: 'deviation', subject: record.key, element: one {.id, .key, .name, .type, .kind},
                 since: record.created_at, due: null, missing: []} AS task
         UNION ALL
         UNWIND mine AS one
         WITH one, one.node AS element
         MATCH (element)<-[:PROPOSES]-(record:RetirementProposal)
         WHERE record.status = 'proposed'
         RETURN {kind: 'retirement', subject: record.key, element: one {.id, .key, .name, .type, .kind},
                 since: record.created_at, due: null, missing: []} AS task
       } AS work,
       COLLECT {
         MATCH (party:Record)<-[:OWNED_BY]-(record:Review)
         WHERE party.id IN $parties AND record.of_process = 'confm' AND record.closed_at IS NULL
         RETURN {subject: record.key, title: record.title, since: record.created_at, due: record.due_at}
       } AS reviews
