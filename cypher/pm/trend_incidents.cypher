// pm.trend_incidents (read)
// Incidents that were registered between two times, with what each is counted of.
//
// $since  str  the beginning, in the stored form; included
// $until  str  the end; not included
// -> id          str        the incident
// -> created_at  str        when it was registered
// -> starts_at   str        since when it lasted
// -> ends_at     str        until when; null: it goes on
// -> priority    int        1 is the highest; null: none is known
// -> category    str        its class; empty: none
// -> reached     int        services that it reaches; null: nobody has looked
// -> services    list[str]  keys of those, 100 at most
// -> affects     list[str]  ids of the elements that it affects
// -> causes      list[str]  ids of the elements that its cause lay in
//
// seek    -
// budget  1 s for a hundred thousand
// why     What happens again and again shows in counts (PR10.1). What was none does not count, nor another
//         report of what is counted.
MATCH (incident:Incident)
WHERE $since <= incident.created_at < $until AND incident.status <> 'rejected'
  AND NOT EXISTS { (incident)-[:CHILD_OF]->(:Incident) }
RETURN incident.id AS id, incident.created_at AS created_at, incident.starts_at AS starts_at,
       incident.ends_at AS ends_at, incident.priority AS priority,
       coalesce(incident.category, '') AS category, incident.services_reached AS reached,
       coalesce(incident.services, []) AS services,
       COLLECT { MATCH (incident)-[:AFFECTS]->(element:Element) RETURN element.id ORDER BY element.id } AS affects,
       COLLECT { MATCH (incident)-[:CAUSED_IN]->(element:Element) RETURN element.id ORDER BY element.id } AS causes
ORDER BY incident.id
