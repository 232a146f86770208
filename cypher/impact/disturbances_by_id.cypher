// impact.disturbances_by_id (read)
// Incidents, changes and maintenance windows by id, live or retired, as they are.
//
// $ids  list[str]  which
// -> id       str              opaque id
// -> key      str              human key
// -> title    str              what it is about
// -> starts   str              in force from then on, or null: not begun
// -> ends     str              in force until before then, or null
// -> effects  list[list[str]]  [type, element id, effect]
// -> retired  int              entry that retired it, or null
//
// seek    record_id
// budget  3 ms for 10
// why     The feed tells which ones were touched; what they are is read here.
UNWIND $ids AS id
MATCH (disturbance:Record {id: id})
RETURN disturbance.id AS id, disturbance.key AS key, disturbance.title AS title,
       disturbance.starts_at AS starts, disturbance.ends_at AS ends,
       COLLECT {
         MATCH (disturbance)-[effect:AFFECTS|CHANGES|COVERS|DEPLOYS]->(element:Record)
         RETURN [type(effect), element.id, effect.effect]
       } AS effects,
       disturbance.retired AS retired
