// chm.comparison_context (read)
// What sources said since a change was implemented, and what is known of elements it planned. One row.
//
// $change  str        its id
// $since   str        when it was implemented, UTC
// $keys    list[str]  keys of the elements that its difference is about
// $types   list[str]  CI types of those that it adds
// -> heard     list[map]        {key, place, whole, told} of runs that began since and are over, the latest first
// -> elements  list[map]        {id, key, labels, properties, places} of those that live, and of those that
//                               it retired: scopes of which a run wrote the element
// -> typed     list[list[any]]  [type, scopes of which runs registered elements of it]
// -> findings  list[str]        of deviations that were raised of its difference
//
// seek    record_id element_key ci_type_of
// budget  50 ms for 100 elements
// allow   Eager: independent collections, one after the other
// why     What came about is what a source says of it afterwards (PR12.5).
MATCH (change:Record {id: $change})
RETURN COLLECT {
         MATCH (scope:SyncScope)-[:RAN]->(state:RunState)
         WHERE state.begun_at >= $since AND state.status IN ['completed', 'held']
         RETURN {key: state.key, place: scope.key, whole: scope.last_complete_at = state.ended_at,
                 told: coalesce(state.told, [])}
         ORDER BY state.ended_at DESC, state.key DESC
       } AS heard,
       COLLECT {
         CALL (change) {
           UNWIND $keys AS key
           MATCH (element:Element {key: key})
           RETURN element
           UNION
           MATCH (change)<-[:CHANGED]-(entry:LedgerEntry)-[gone:CHANGED {op: 'retire'}]->(element:Record)
           WHERE gone.type IS NULL AND element.key IN $keys
           RETURN element
         }
         RETURN {
           id: element.id, key: element.key, labels: labels(element), properties: properties(element),
           places: COLLECT {
             CALL (element) {
               MATCH (entry:LedgerEntry {seq: element.created})
               RETURN entry
               UNION
               MATCH (element)<-[:CHANGED]-(entry:LedgerEntry)
               RETURN entry
             }
             WITH entry WHERE entry.run IS NOT NULL AND entry.run CONTAINS '/'
             RETURN DISTINCT left(entry.run, size(entry.run) - size(last(split(entry.run, '/'))) - 1)
           }
         }
       } AS elements,
       COLLECT {
         UNWIND $types AS type
         RETURN [type, COLLECT {
           MATCH (other:CI {type: type})
           WITH other LIMIT 100
           MATCH (entry:LedgerEntry {seq: other.created})
           WHERE entry.run CONTAINS '/'
           RETURN DISTINCT left(entry.run, size(entry.run) - size(last(split(entry.run, '/'))) - 1)
         }]
       } AS typed,
       COLLECT {
         MATCH (change)<-[:REMAINS_OF]-(deviation:Deviation)
         RETURN deviation.finding
       } AS findings
