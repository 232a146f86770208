// chm.schedule (read)
// A feed by the beginning of its secret, with what it shows. One row.
//
// $hint   str  first characters of the secret
// $since  str  what ended before this moment is not shown
// -> feed    map        its properties; null where there is none
// -> secret  str        digest kept for it; null where there is none
// -> work    list[map]  {record, kind, starts, ends, services} of changes that were approved, and of
//                       maintenance windows: properties, what it is, its planned time, services
//
// seek    calendar_feed_hint credential_id change_planned_ends_at
// budget  20 ms for a thousand pieces of work
// allow   CartesianProduct: of two single rows, the feed and its digest
// why     The schedule of changes is told to those whom it concerns (PR12.6).
OPTIONAL MATCH (feed:CalendarFeed {hint: $hint})
OPTIONAL MATCH (credential:Credential {id: feed.id})
RETURN properties(feed) AS feed, credential.secret AS secret,
       COLLECT {
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
         WHERE feed.of = 'all'
            OR (feed.of = 'service' AND feed.place IN [each IN services | each.id])
            OR (feed.of = 'owner' AND EXISTS { (work)-[:OWNED_BY]->(:Record {id: feed.place}) })
         RETURN {record: properties(work), kind: kind, starts: starts, ends: ends,
                 services: [each IN services | each.name]}
         ORDER BY starts, work.id LIMIT 2000
       } AS work
