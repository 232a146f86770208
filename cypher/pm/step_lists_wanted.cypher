// pm.step_lists_wanted (read)
// What comes back without a step list that leads: known errors, and causes that no known error tells of.
//
// $led  list[str]  categories of incidents that a step list is begun by
// -> known      bool       it is a known error; else incidents of one category whose cause lay in one element
// -> id         str        of the known error; null: there is none
// -> key        str        its key; null likewise
// -> incidents  list[map]  {id, key, at} of its incidents, the earliest first
//
// seek    -
// budget  200 ms for 10,000 known errors and 100,000 incidents
// why     What comes back is dealt with by the same steps each time (PR9.2).
MATCH (known:KnownError)
WHERE known.closed_at IS NULL AND coalesce(known.step_list, '') = ''
RETURN true AS known, known.id AS id, known.key AS key,
       COLLECT {
         CALL (known) {
           MATCH (known)<-[:HELPED_BY]-(incident:Incident)
           RETURN incident
           UNION
           MATCH (known)-[:KNOWN_FROM]->(:Problem)<-[:CAUSED_BY]-(incident:Incident)
           RETURN incident
         }
         WITH incident ORDER BY incident.created_at, incident.id
         WHERE incident.status <> 'rejected'
         RETURN {id: incident.id, key: incident.key, at: incident.created_at}
       } AS incidents
UNION ALL
MATCH (incident:Incident)-[:CAUSED_IN]->(element:Record)
WHERE incident.status <> 'rejected' AND coalesce(incident.category, '') <> ''
  AND NOT incident.category IN $led
  AND NOT EXISTS {
    MATCH (element)<-[:CONCERNS]-(known:KnownError)
    WHERE known.closed_at IS NULL
  }
WITH element, incident.category AS category, incident ORDER BY incident.created_at, incident.id
WITH element, category, collect({id: incident.id, key: incident.key, at: incident.created_at}) AS incidents
RETURN false AS known, null AS id, null AS key, incidents
