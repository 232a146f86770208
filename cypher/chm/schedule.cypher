// chm.schedule (read)
// What a feed shows. One row.
//
// $of     str  `all`, `service` or `owner`
// $place  str  id of the service, or of the person or group; empty: of all
// $since  str  what ended before this moment is not shown
// -> work  list[map]  {record, kind, starts, ends, services} of changes that were approved, and of
//                     maintenance windows: properties, what it is, its planned time, services
//
// seek    change_planned_ends_at
// budget  20 ms for a thousand pieces of work
// why     The schedule of changes is told to those whom it concerns (PR12.6).
RETURN COLLECT {
         CALL () {
           MATCH (work:Change)
           WHERE work.planned_ends_at > $since AND work.approved_at IS NOT NULL
           RETURN work, 'change' AS kind, work.planned_starts_at AS starts, work.planned_ends_at AS ends
           UNION
           MATCH (work:MaintenanceWindow)
           WHERE work.ends_at > $since
           RETURN work, 'maintenance' AS kind, work.starts_at AS starts, work.ends_at AS ends
         }
         WITH work, kind, starts, ends, COLLECT {
           MATCH (work)<-[:ASSESSES]-(:ChangeAssessment {fingerprint: work.fingerprint})-[:REACHES_SERVICE]->(service:Service)
           RETURN service
           UNION
           MATCH (work)-[:CHANGES|COVERS]->(service:Service)
           RETURN service
         } AS services
         WHERE $of = 'all'
            OR ($of = 'service' AND $place IN [each IN services | each.id])
            OR ($of = 'owner' AND EXISTS { (work)-[:OWNED_BY]->(:Record {id: $place}) })
         RETURN {record: properties(work), kind: kind, starts: starts, ends: ends,
                 services: [each IN services | each.name]}
         ORDER BY starts, work.id LIMIT 2000
       } AS work
