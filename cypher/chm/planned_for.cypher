// chm.planned_for (read)
// Changes that are not over, and whose planned difference names an element, or one that is to come. One row.
//
// $ref     str        id or key of the element
// $states  list[str]  in which a change is not over
// -> key      str        of the element; null: there is none of that id or key
// -> labels   list[str]  its labels; null likewise
// -> changes  list[map]  {key, title, status, planned_starts_at, planned_ends_at, approved_at, difference,
//                        difference_done, difference_aside}
//
// seek    element_key record_id change_status
// budget  10 ms for a thousand changes that are not over
// why     What is planned for a CI is its future state (PR12, interface to configuration management).
OPTIONAL CALL () {
  MATCH (element:Element {key: $ref})
  RETURN element
  UNION
  MATCH (element:Record&Element {id: $ref})
  RETURN element
}
WITH element, coalesce(element.key, $ref) AS key
WITH element, '"' + replace(replace(key, '\\', '\\\\'), '"', '\\"') + '"' AS named
RETURN element.key AS key, labels(element) AS labels,
       COLLECT {
         MATCH (change:Change)
         WHERE change.status IN $states AND change.difference CONTAINS named
         RETURN change {.key, .title, .status, .planned_starts_at, .planned_ends_at, .approved_at, .difference,
                        .difference_done, .difference_aside}
         ORDER BY change.planned_starts_at IS NULL, change.planned_starts_at, change.key
       } AS changes
