// isrm.case_context (read)
// An incident or service request by id or key with its life; elements by id or key.
//
// $kind  str        Incident or ServiceRequest; empty: either
// $ref   str        id or key of the record
// $refs  list[str]  ids or keys of elements
// $actor str        login of who acts
// $near  int        known errors that are told of at most; 0: none are looked for
// -> record    map        its properties
// -> labels    list[str]  its labels
// -> changes   list[map]  {seq, at, before} of entries that replaced its state
// -> versions  list[map]  properties of the versions that its clocks are read by, and its parts'
// -> affected  list[map]  {id, key, labels, properties}: the relation's
// -> causes    list[map]  {id, properties} of elements that its cause lay in: the relation's
// -> owned     str        key of who answers for it; null: nobody does
// -> parts     list[map]  {record, changes, reviews, steps} of the records that are part of it
// -> whole     str        key of the record that it is part of; null: of none
// -> whole_id  str        its id
// -> bond      map        properties of the relation to it
// -> service   str        key of the service that a request is about; null: of none
// -> offering  map        properties of what a request is for; null: of none
// -> requester  str       id of the person who asks; null: nobody is named
// -> actor     str        id of the person who acts; null: of nobody
// -> steps     list[map]  properties of its steps, in order
// -> raised    list[str]  keys of the changes that were raised from it
// -> coordinators  list[map]  {id, properties} of who coordinates it: the relation's
// -> reviews       list[map]  {key, closed_at} of reviews of a major incident
// -> elements  list[map]  {ref, id, labels}; none for a reference to nothing
// -> known     list[map]  {id, at}, the oldest first: known errors at what it affects or at the services that
//                         it reaches, without those it was shown before; at: labels of each of these
//
// seek    process_record_key record_id element_key policy_key account_key
// budget  5 ms
// why     One read before one write: the clocks of a record follow from its life in the ledger, and
//         whoever begins to deal with an incident is shown what is known there (PR10.4).
CALL () {
  MATCH (case:ProcessRecord {key: $ref})
  WHERE any(label IN labels(case) WHERE label IN CASE $kind WHEN '' THEN ['Incident', 'ServiceRequest'] ELSE [$kind] END)
  RETURN case
  UNION
  MATCH (case:Record&ProcessRecord {id: $ref})
  WHERE any(label IN labels(case) WHERE label IN CASE $kind WHEN '' THEN ['Incident', 'ServiceRequest'] ELSE [$kind] END)
  RETURN case
}
WITH case, COLLECT { MATCH (case)<-[:CHILD_OF]-(part:ProcessRecord) RETURN part ORDER BY part.id } AS parts
RETURN properties(case) AS record, labels(case) AS labels,
       COLLECT {
         MATCH (case)<-[changed:CHANGED]-(entry:LedgerEntry)
         WHERE changed.type IS NULL AND changed.before CONTAINS '"status"'
         RETURN {seq: entry.seq, at: entry.at, before: changed.before}
       } AS changes,
       COLLECT {
         UNWIND [case] + parts AS each
         UNWIND coalesce(each.agreed, []) AS key
         WITH DISTINCT key
         MATCH (version:Policy {key: key})
         RETURN properties(version)
       } AS versions,
       COLLECT {
         MATCH (case)-[affects:AFFECTS]->(element:Record)
         RETURN {id: element.id, key: element.key, labels: labels(element), properties: properties(affects)}
       } AS affected,
       COLLECT {
         MATCH (case)-[caused:CAUSED_IN]->(element:Record)
         RETURN {id: element.id, properties: properties(caused)}
       } AS causes,
       head([(case)-[:OWNED_BY]->(owner:Record) | owner.key]) AS owned,
       COLLECT {
         UNWIND parts AS part
         RETURN {record: properties(part), changes: COLLECT {
           MATCH (part)<-[changed:CHANGED]-(entry:LedgerEntry)
           WHERE changed.type IS NULL AND changed.before CONTAINS '"status"'
           RETURN {seq: entry.seq, at: entry.at, before: changed.before}
         }, reviews: COLLECT {
           MATCH (part)<-[:EXAMINES]-(review:Record)
           RETURN {key: review.key, closed_at: review.closed_at}
         }, steps: COLLECT {
           MATCH (part)<-[:STEP_OF]-(step:CaseStep)
           RETURN properties(step) ORDER BY step.number
         }}
       } AS parts,
       head([(case)-[:CHILD_OF]->(whole:Record) | whole.key]) AS whole,
       head([(case)-[:CHILD_OF]->(whole:Record) | whole.id]) AS whole_id,
       head([(case)-[bond:CHILD_OF]->(:Record) | properties(bond)]) AS bond,
       head([(case)-[:REQUESTS]->(:Record)-[:OFFERS]->(service:Record) | service.key]) AS service,
       head([(case)-[:REQUESTS]->(offering:Record) | properties(offering)]) AS offering,
       head([(case)-[:REQUESTED_BY]->(person:Record) | person.id]) AS requester,
       head(COLLECT { MATCH (:Account {key: $actor})-[:ACTS_FOR]->(person:Person) RETURN person.id }) AS actor,
       COLLECT {
         MATCH (case)<-[:STEP_OF]-(step:CaseStep)
         RETURN properties(step) ORDER BY step.number
       } AS steps,
       [(case)<-[:RAISED_FROM]-(change:Record) | change.key] AS raised,
       COLLECT {
         MATCH (case)-[bond:COORDINATED_BY]->(person:Record)
         RETURN {id: person.id, properties: properties(bond)}
       } AS coordinators,
       COLLECT {
         MATCH (case)<-[:EXAMINES]-(review:Record)
         RETURN {key: review.key, closed_at: review.closed_at}
       } AS reviews,
       COLLECT {
         UNWIND $refs AS ref
         CALL (ref) {
           MATCH (element:Element {key: ref})
           RETURN element
           UNION
           MATCH (element:Record&Element {id: ref})
           RETURN element
         }
         RETURN {ref: ref, id: element.id, labels: labels(element)}
       } AS elements,
       COLLECT {
         UNWIND CASE $near WHEN 0 THEN [] ELSE [case] END AS incident
         CALL (incident) {
           MATCH (incident)-[:AFFECTS]->(element:Element)
           RETURN element
           UNION
           UNWIND coalesce(incident.services, []) AS key
           MATCH (element:Element {key: key})
           RETURN element
         }
         MATCH (element)<-[:CONCERNS]-(known:KnownError)
         WHERE known.closed_at IS NULL AND NOT EXISTS { (incident)-[:WAS_SHOWN]->(known) }
         WITH known, collect(labels(element)) AS at
         ORDER BY known.id LIMIT $near
         RETURN {id: known.id, at: at}
       } AS known
