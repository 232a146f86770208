// chm.approvals_in_force (read)
// Changes that are approved and not begun, with what decides on whether that still holds. A row for each.
//
// -> change    map        its properties
// -> alters    list[map]  {id, key, labels, properties} of the elements it alters: the relation's
// -> standard  map        properties of the standard change that it follows; null where it follows none
//
// seek    change_status
// budget  30 ms for 1,000 of them
// why     Who approved something else is asked again before it is to begin, not then (PR12.4).
MATCH (change:Change)
WHERE change.status IN ['approved', 'scheduled']
RETURN properties(change) AS change,
       COLLECT {
         MATCH (change)-[alters:CHANGES]->(element:Record)
         RETURN {id: element.id, key: element.key, labels: labels(element), properties: properties(alters)}
         ORDER BY element.id
       } AS alters,
       head(COLLECT {
         MATCH (change)-[:FOLLOWS_STANDARD]->(standard:StandardChange)
         RETURN properties(standard)
       }) AS standard
