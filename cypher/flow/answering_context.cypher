// flow.answering_context (read)
// A record by id or key with all who may answer for it. One row, or none.
//
// $ref    str        id or key of the record
// $roles  list[str]  keys of roles
// $at     str        when they are held, in the stored form
// -> record    map        its properties
// -> labels    list[str]  its labels
// -> owners    list[map]  {id, key, name, kind} of who is named
// -> whole     map        {key, owners} of the record that it is part of; null: of none
// -> elements  list[map]  {key, labels, owners, groups, holders} of what it is about, the hardest hit first
// -> holders   list[map]  {role, id, key, name, kind}
//
// seek    process_record_key record_id ci_type_key group_key role_key
// budget  10 ms for a hundred elements
// why     A record that nobody is named for is answered for all the same (FitSM-3, case owner).
CALL () {
  MATCH (record:ProcessRecord {key: $ref})
  RETURN record
  UNION
  MATCH (record:Record&ProcessRecord {id: $ref})
  RETURN record
}
RETURN properties(record) AS record, labels(record) AS labels,
       COLLECT {
         MATCH (record)-[:OWNED_BY]->(owner:Record)
         RETURN owner {.id, .key, .name, kind: CASE WHEN owner:Group THEN 'Group' ELSE 'Person' END}
       } AS owners,
       head(COLLECT {
         MATCH (record)-[:CHILD_OF]->(whole:Record)
         RETURN {key: whole.key, owners: COLLECT {
           MATCH (whole)-[:OWNED_BY]->(owner:Record)
           RETURN owner {.id, .key, .name, kind: CASE WHEN owner:Group THEN 'Group' ELSE 'Person' END}
         }}
       }) AS whole,
       COLLECT {
         CALL (record) {
           MATCH (record)-[hit:AFFECTS|CHANGES|COVERS|DEPLOYS|CONCERNS|INVESTIGATES|WOULD_IMPROVE|DESCRIBES|SPEAKS_OF]->(element:Element)
           RETURN element, coalesce(hit.effect, 'down') AS effect
           UNION
           MATCH (record)-[:REQUESTS]->(:Record)-[:OFFERS]->(element:Element)
           RETURN element, 'down' AS effect
         }
         WITH element, CASE effect WHEN 'down' THEN 0 WHEN 'degraded' THEN 1 ELSE 2 END AS place
         ORDER BY place, coalesce(element.criticality, 9), element.id LIMIT 100
         RETURN {
           key: element.key, labels: labels(element),
           owners: COLLECT {
             MATCH (element)-[:OWNED_BY]->(owner:Record)
             RETURN owner {.id, .key, .name, kind: CASE WHEN owner:Group THEN 'Group' ELSE 'Person' END}
           },
           groups: COLLECT {
             MATCH (type:CIType {key: element.type})
             MATCH (owner:Group {key: type.owner_group})
             RETURN owner {.id, .key, .name, kind: 'Group'}
           },
           holders: COLLECT {
             MATCH (element)<-[:OVER]-(:Role {word: 'service_owner'})<-[held:HOLDS]-(owner:Person)
             WHERE held.starts_at <= $at AND (held.ends_at IS NULL OR held.ends_at > $at)
             RETURN owner {.id, .key, .name, kind: 'Person'}
           }
         }
       } AS elements,
       COLLECT {
         UNWIND $roles AS key
         MATCH (:Role {key: key})<-[held:HOLDS]-(person:Person)
         WHERE held.starts_at <= $at AND (held.ends_at IS NULL OR held.ends_at > $at)
         RETURN {role: key, id: person.id, key: person.key, name: person.name, kind: 'Person'}
       } AS holders
