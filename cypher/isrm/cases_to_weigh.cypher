// isrm.cases_to_weigh (read)
// Incidents in some states by id, with what they affect and what their clocks are read by.
//
// $states  list[str]  in which they may be weighed
// $after   str        id of the last one that was looked at; empty: from the beginning
// $limit   int        how many at most
// -> record    map        its properties
// -> changes   list[map]  {seq, at, before} of entries that replaced its state
// -> versions  list[map]  properties of the versions that its clocks are read by
// -> affected  list[map]  {id, properties}: the relation's
// -> linked    int        how many incidents report the same, itself included
//
// seek    incident_status policy_key
// budget  50 ms for 200
// why     What is open is weighed again as the graph and the time change (PR9.1).
UNWIND $states AS state
MATCH (case:Incident {status: state})
WHERE case.id > $after
WITH case ORDER BY case.id LIMIT $limit
RETURN properties(case) AS record,
       COLLECT {
         MATCH (case)<-[changed:CHANGED]-(entry:LedgerEntry)
         WHERE changed.type IS NULL AND changed.before CONTAINS '"status"'
         RETURN {seq: entry.seq, at: entry.at, before: changed.before}
       } AS changes,
       COLLECT {
         UNWIND coalesce(case.agreed, []) AS key
         MATCH (version:Policy {key: key})
         RETURN properties(version)
       } AS versions,
       COLLECT {
         MATCH (case)-[affects:AFFECTS]->(element:Record)
         RETURN {id: element.id, properties: properties(affects)}
       } AS affected,
       COUNT { (case)<-[:CHILD_OF]-(:ProcessRecord) } + 1 AS linked
ORDER BY record.id
