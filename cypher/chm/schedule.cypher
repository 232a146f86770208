// chm.schedule (read)
// What a feed shows. One row.
//
// $of     str  `all`, `service`, `owner` or `role`
// $place  str  id of the service, of the person or group, or of the role; empty: of all
// $since  str  what ended before this moment is not shown
// $at     str  the moment: whoever holds a role then counts
// -> service  str        key of the service that it is about; null: it is about none
// -> work     list[map]  {record, kind, starts, ends, services} of changes that were approved, of releases that
//                        are planned, and of maintenance windows: properties, what it is, its planned
//                        time, names of services
//
// seek    record_id change_planned_ends_at release_planned_ends_at
// budget  30 ms for a thousand pieces of work
// why     The schedule of changes is told to those whom it concerns (PR12.6).
// allow   CartesianProduct: with the one row of what the feed is of
OPTIONAL MATCH (place:Record {id: $place})
WITH place,
     head(COLLECT {
       MATCH (place) WHERE $of = 'service' AND place:Service RETURN place AS meant
       UNION
       MATCH (place)-[:OVER]->(over:Service) WHERE $of = 'role' RETURN over AS meant
     }) AS about,
     $of = 'all' OR ($of = 'role' AND place:Role AND coalesce(place.process, 'chm') = 'chm'
       AND NOT EXISTS { (place)-[:OVER]->(:Service) }) AS everything
WITH about, everything, COLLECT {
  MATCH (place) WHERE $of = 'owner' RETURN place.id AS id
  UNION
  MATCH (place)<-[:BELONGS_TO]-(member:Person) WHERE $of = 'owner' AND place:Group RETURN member.id AS id
  UNION
  MATCH (place)<-[held:HOLDS]-(holder:Person)
  WHERE $of = 'role' AND coalesce(held.starts_at, $at) <= $at AND coalesce(held.ends_at > $at, true)
  RETURN holder.id AS id
  UNION
  MATCH (place)<-[held:HOLDS]-(:Person)-[:BELONGS_TO]->(team:Group)
  WHERE $of = 'role' AND coalesce(held.starts_at, $at) <= $at AND coalesce(held.ends_at > $at, true)
  RETURN team.id AS id
} AS parties
RETURN about.key AS service,
       COLLECT {
         CALL () {
           MATCH (work:Change)
           WHERE work.planned_ends_at > $since AND work.approved_at IS NOT NULL
           RETURN work, 'change' AS kind, work.planned_starts_at AS starts, work.planned_ends_at AS ends
           UNION
           MATCH (work:Release)
           WHERE work.planned_ends_at > $since
           RETURN work, 'release' AS kind, work.planned_starts_at AS starts, work.planned_ends_at AS ends
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
           UNION
           MATCH (work)-[:CONTAINS]->(change:Change)<-[:ASSESSES]-(assessed:ChangeAssessment)-[:REACHES_SERVICE]->(service:Service)
           WHERE assessed.fingerprint = change.fingerprint
           RETURN service
         } AS services
         WHERE everything
            OR about IN services
            OR (about IS NULL AND EXISTS {
              MATCH (work)-[:OWNED_BY]->(party:Record) WHERE party.id IN parties
            })
         RETURN {record: properties(work), kind: kind, starts: starts, ends: ends,
                 services: [each IN services | each.name]}
         ORDER BY starts, work.id LIMIT 2000
       } AS work
