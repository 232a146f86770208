// impact.disturbances (read)
// Incidents, changes and maintenance windows that are not over at a moment.
//
// $after  str  UTC text; those that end later, or have no end
// -> id       str              opaque id
// -> key      str              human key
// -> title    str              what it is about
// -> starts   str              in force from then on, or null: not begun
// -> ends     str              in force until before then, or null
// -> effects  list[list[str]]  [type, element id, effect]
//
// seek    -
// budget  20 ms for 1,000 in force, 200 ms for 100,000 that are over
// why     Read once for a snapshot and for each question about an earlier time.
MATCH (disturbance:Disturbance)
WHERE disturbance.ends_at IS NULL OR disturbance.ends_at > $after
RETURN disturbance.id AS id, disturbance.key AS key, disturbance.title AS title,
       disturbance.starts_at AS starts, disturbance.ends_at AS ends,
       COLLECT {
         MATCH (disturbance)-[effect:AFFECTS|CHANGES|COVERS|DEPLOYS]->(element:Record)
         RETURN [type(effect), element.id, effect.effect]
       } AS effects
