// chm.window_by_ref (read)
// A maintenance window by id or key.
//
// $ref  str  id or key
// -> window  map  its properties
//
// seek    maintenance_window_key record_id
// budget  2 ms
// why     One read before one write.
CALL () {
  MATCH (window:MaintenanceWindow {key: $ref})
  RETURN window
  UNION
  MATCH (window:Record&MaintenanceWindow {id: $ref})
  RETURN window
}
RETURN properties(window) AS window
