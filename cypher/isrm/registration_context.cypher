// isrm.registration_context (read)
// What is known of a new incident: its elements, its reporter, and what it may be about or be like. One row.
//
// $refs      list[str]  ids or keys of elements
// $reporter  str        id, key or address of who reports it; empty: nobody is known
// $address   str        the same in small letters
// $words     str        full-text query for elements; empty: none are looked for
// $keys      list[str]  what may be a key of an element
// $states    list[str]  in which incidents are open
// $past      int        how many of the newest incidents are told; 0 where nothing follows from them
// $like      str        id or key of an incident that it is made like, with its elements where none are
//                       named; empty: of none
// -> elements   list[map]  {ref, id, labels, incidents}: keys of the open ones that affect it
// -> types      list[map]  {id, type} of the elements
// -> original   map        {record, ties} of what it is made like; null: there is none
// -> reporters  list[str]  ids of the person
// -> usual      list[map]  {element, times} of what the person has reported before
// -> named      list[map]  {id, key, name, type, labels} of elements that the words may mean
// -> going      list[map]  {key, title, starts_at, affects} of open incidents, the newest
// -> past       list[map]  {key, title, category, affected} of the newest incidents, those without category
//                          only where elements are looked for; of what they affected {id, type}, and
//                          {key, name, labels} where elements are looked for
//
// seek    element_key record_id person_key person_email incident_status incident_key element_text
// budget  20 ms for 200 incidents each
// allow   CartesianProduct: collections of one row each
// why     What is reported twice, or says not what it is about, is found at registration (PR9.1).
CALL () {
  UNWIND CASE $reporter WHEN '' THEN [] ELSE [$reporter] END AS ref
  CALL (ref) {
    MATCH (person:Person {key: ref}) RETURN person
    UNION
    MATCH (person:Record&Person {id: ref}) RETURN person
    UNION
    MATCH (person:Person {email: ref}) RETURN person
    UNION
    MATCH (person:Person {email: $address}) RETURN person
  }
  WITH person ORDER BY person.id LIMIT 1
  RETURN collect(person) AS persons
}
CALL () {
  UNWIND CASE $like WHEN '' THEN [] ELSE [$like] END AS ref
  CALL (ref) {
    MATCH (other:Incident {key: ref}) RETURN other
    UNION
    MATCH (other:Record&Incident {id: ref}) RETURN other
  }
  RETURN head(collect({record: properties(other), ties: COLLECT {
    MATCH (other)-[hit:AFFECTS]->(element:Record)
    RETURN {type: 'AFFECTS', id: element.id, key: element.key, labels: labels(element), properties: properties(hit)}
    ORDER BY element.id
  }})) AS original
}
CALL (original) {
  UNWIND CASE WHEN original IS NULL OR size($refs) > 0 THEN $refs ELSE [each IN original.ties | each.id] END AS ref
  CALL (ref) {
    MATCH (element:Element {key: ref})
    RETURN element
    UNION
    MATCH (element:Record&Element {id: ref})
    RETURN element
  }
  RETURN collect({ref: ref, element: element}) AS hit
}
CALL () {
  UNWIND CASE $words WHEN '' THEN [] ELSE [$words] END AS query
  CALL (query) {
    CALL db.index.fulltext.queryNodes('element_text', query, {limit: 50}) YIELD node
    WITH node WHERE node:Element
    RETURN node AS element
    UNION
    UNWIND $keys AS key
    MATCH (element:Element {key: key})
    RETURN element
  }
  RETURN collect(DISTINCT element) AS named
}
RETURN [each IN hit | {ref: each.ref, id: each.element.id, labels: labels(each.element), incidents: COLLECT {
         WITH each.element AS element
         MATCH (element)<-[:AFFECTS]-(incident:Incident)
         WHERE incident.ends_at IS NULL
         RETURN incident.key ORDER BY incident.id LIMIT 20
       }}] AS elements,
       [each IN hit | {id: each.element.id, type: each.element.type}] AS types,
       original,
       [person IN persons | person.id] AS reporters,
       COLLECT {
         UNWIND CASE $words WHEN '' THEN [] ELSE persons END AS person
         MATCH (person)<-[:REPORTED_BY]-(:Incident)-[:AFFECTS]->(element:Element)
         WITH element, count(*) AS times ORDER BY times DESC, element.key LIMIT 20
         RETURN {times: times, element: element {.id, .key, .name, .type, labels: labels(element)}}
       } AS usual,
       [element IN named | element {.id, .key, .name, .type, labels: labels(element)}] AS named,
       COLLECT {
         UNWIND $states AS state
         MATCH (incident:Incident {status: state})
         WITH incident ORDER BY incident.key DESC LIMIT 200
         RETURN {key: incident.key, title: incident.title, starts_at: incident.starts_at,
                 affects: [(incident)-[:AFFECTS]->(element:Element) | element.id]}
       } AS going,
       COLLECT {
         MATCH (incident:Incident)
         WHERE incident.key > ''
         WITH incident ORDER BY incident.key DESC LIMIT $past
         WHERE $words <> '' OR incident.category <> ''
         RETURN {key: incident.key, title: incident.title, category: coalesce(incident.category, ''),
                 affected: [(incident)-[:AFFECTS]->(element:Element) | CASE $words
                   WHEN '' THEN element {.id, .type}
                   ELSE element {.id, .key, .name, .type, labels: labels(element)} END]}
       } AS past
