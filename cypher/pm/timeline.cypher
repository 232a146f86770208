// pm.timeline (read)
// What went on around some elements between two times: incidents, changes, and waves of releases. One row.
//
// $problem  str        id of the problem that is looked into
// $cone     list[map]  {id, hops} of the elements
// $since    str        what was over before this is too old; in the stored form
// $until    str        what began from then on is too late; likewise
// -> events  list[map]  {what, key, title, status, starts_at, ends_at, hops, at, of, own}: `what` is incident,
//                       change or release; `at` the id of the nearest element; `of` the key of the wave of a
//                       release; `own`: the incident comes from the problem
//
// seek    record_id
// budget  20 ms for a cone of a thousand
// why     What changed before it happened is where a cause may lie (PR10.2).
RETURN COLLECT {
         UNWIND $cone AS near
         CALL (near) {
           MATCH (:Record {id: near.id})<-[:AFFECTS]-(event:Incident)
           RETURN 'incident' AS what, event, event AS shown, null AS of,
                  EXISTS { (event)-[:CAUSED_BY]->(:Record {id: $problem}) } AS own
           UNION ALL
           MATCH (:Record {id: near.id})<-[:CHANGES]-(event:Change)
           RETURN 'change' AS what, event, event AS shown, null AS of, false AS own
           UNION ALL
           MATCH (:Record {id: near.id})<-[:DEPLOYS]-(event:Deployment)-[:WAVE_OF]->(shown:Release)
           RETURN 'release' AS what, event, shown, event.key AS of, false AS own
         }
         WITH near, what, event, shown, of, own
         WHERE event.starts_at < $until AND coalesce(event.ends_at, $until) >= $since
         WITH what, event, shown, of, own, near ORDER BY near.hops, near.id
         WITH what, event, shown, of, own, collect(near)[0] AS nearest
         RETURN {what: what, key: shown.key, title: shown.title, status: event.status,
                 starts_at: event.starts_at, ends_at: event.ends_at, hops: nearest.hops, at: nearest.id,
                 of: of, own: own}
       } AS events
