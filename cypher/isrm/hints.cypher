// isrm.hints (read)
// What is known about some elements: known errors, incidents of the same cause, changes before.
//
// $elements  list[str]  ids of the elements that an incident affects
// $services  list[str]  ids of the services that it reaches
// $types     list[map]  {type, steps} of CI types that are those of the elements, or near them
// $cone      list[map]  {id, hops} of what the elements depend on, themselves included
// $incident  str        id of the incident
// $since     str        changes that ended before this are too old; in the stored form
// $until     str        when the incident began; likewise
// -> known    list[map]  {at, key, title, workaround, carried_out_by, verified_at, used, helped, shown,
//                        step_list, others} of active known errors; the others are its other workarounds:
//                        {key, workaround, carried_out_by, verified_at, used, helped}
// -> past     list[map]  {key, title, resolution, resolved_at} of incidents whose cause lay there
// -> changes  list[map]  {key, title, status, starts_at, ends_at, hops}, also of waves of releases
// -> deviations  list[map]  {key, title, status, source, found_at, closed_at, hops} of those found
//                        before, at some of the cone, and not gone before that
// -> releases list[map]  {key, title, status, planned_starts_at, planned_ends_at, deployed_at, outcome, hops}
//                        that alter or deploy some of the cone, deployed since or to be deployed
//
// seek    record_id
// budget  20 ms for a cone of a thousand
// why     What helps with an incident is what others know already (PR9.2).
RETURN COLLECT {
         CALL () {
           UNWIND $elements AS id
           MATCH (:Record {id: id})<-[:CONCERNS]-(known:KnownError)
           RETURN 0 AS at, known
           UNION
           UNWIND $services AS id
           MATCH (:Record {id: id})<-[:CONCERNS]-(known:KnownError)
           RETURN 1 AS at, known
           UNION
           UNWIND $types AS near
           MATCH (known:KnownError)-[:CONCERNS]->(other:CI)
           WHERE other.type = near.type
           RETURN 2 + near.steps AS at, known
         }
         WITH at, known WHERE known.closed_at IS NULL
         RETURN {at: at, key: known.key, title: known.title, workaround: known.workaround,
                 carried_out_by: known.carried_out_by, verified_at: known.verified_at,
                 used: known.used, helped: known.helped,
                 others: [(known)<-[:HELPS_AGAINST]-(way:Workaround) WHERE way.closed_at IS NULL |
                   way {.key, .workaround, .carried_out_by, .verified_at, .used, .helped}],
                 shown: COUNT { (known)<-[:WAS_SHOWN]-(:Incident) }, step_list: nullIf(known.step_list, '')}
       } AS known,
       COLLECT {
         UNWIND $elements AS id
         MATCH (:Record {id: id})<-[:CAUSED_IN]-(past:Incident)
         WHERE past.id <> $incident
         WITH DISTINCT past
         RETURN {key: past.key, title: past.title, resolution: past.resolution, resolved_at: past.resolved_at}
         ORDER BY past.id DESC LIMIT 20
       } AS past,
       COLLECT {
         UNWIND $cone AS near
         MATCH (:Record {id: near.id})<-[:CHANGES|DEPLOYS]-(change:Disturbance)
         WHERE change.starts_at <= $until AND (change.ends_at IS NULL OR change.ends_at >= $since)
         WITH change, min(near.hops) AS hops
         RETURN {key: change.key, title: change.title, status: change.status,
                 starts_at: change.starts_at, ends_at: change.ends_at, hops: hops}
       } AS changes,
       COLLECT {
         UNWIND $cone AS near
         MATCH (:Record {id: near.id})<-[:DEVIATES_AT]-(deviation:Deviation)
         WHERE deviation.created_at <= $until AND (deviation.closed_at IS NULL OR deviation.closed_at >= $since)
         WITH deviation, min(near.hops) AS hops
         RETURN {key: deviation.key, title: deviation.title, status: deviation.status,
                 source: deviation.source, found_at: deviation.created_at,
                 closed_at: deviation.closed_at, hops: hops}
       } AS deviations,
       COLLECT {
         UNWIND $cone AS near
         MATCH (element:Record {id: near.id})
         CALL (element) {
           MATCH (element)<-[:CHANGES]-(:Change)<-[:CONTAINS]-(release:Release)
           RETURN release
           UNION
           MATCH (element)<-[:DEPLOYS]-(:Deployment)-[:WAVE_OF]->(release:Release)
           RETURN release
         }
         WITH release, min(near.hops) AS hops
         WHERE CASE WHEN release.deployed_at IS NULL
               THEN release.closed_at IS NULL ELSE release.deployed_at >= $since END
         RETURN {key: release.key, title: release.title, status: release.status,
                 planned_starts_at: release.planned_starts_at, planned_ends_at: release.planned_ends_at,
                 deployed_at: release.deployed_at, outcome: release.outcome, hops: hops}
       } AS releases
