// chm.wrong_around_each (read)
// What is wrong at what plans of a change alter, and above and below; changes of the same types that went wrong.
// One row for each plan, in order.
//
// $change  str        id of the change
// $plans   list[map]  {altered, around, types} of each: ids of the elements that it alters; ids of what depends on
//                     these and gets worse with them, and of what these depend on; types of the CIs among these
// $since   str        what ended before this moment is too old; in the stored form
// -> place              int        of the plan, from 0 on
// -> deviations         list[str]  keys of open deviations at what it alters
// -> incidents_around   list[str]  keys of open incidents above and below
// -> problems_around    list[str]  keys of open problems likewise
// -> deviations_around  list[str]  keys of open deviations likewise
// -> alike              list[str]  keys of changes of other CIs of these types that went wrong, the newest first
//
// seek    record_id
// budget  30 ms for a thousand elements around and 20,000 changes
// why     What is wrong near it makes it likelier that a change fails (PR12.3).
UNWIND range(0, size($plans) - 1) AS place
RETURN place,
       COLLECT {
         UNWIND $plans[place].altered AS id
         MATCH (:Record {id: id})<-[:DEVIATES_AT]-(found:Deviation)
         WHERE found.closed_at IS NULL
         RETURN DISTINCT found.key AS key ORDER BY key
       } AS deviations,
       COLLECT {
         UNWIND $plans[place].around AS id
         MATCH (:Record {id: id})<-[:AFFECTS]-(found:Incident)
         WHERE found.ends_at IS NULL
         RETURN DISTINCT found.key AS key ORDER BY key
       } AS incidents_around,
       COLLECT {
         UNWIND $plans[place].around AS id
         MATCH (:Record {id: id})<-[:INVESTIGATES]-(found:Problem)
         WHERE found.closed_at IS NULL
         RETURN DISTINCT found.key AS key ORDER BY key
       } AS problems_around,
       COLLECT {
         UNWIND $plans[place].around AS id
         MATCH (:Record {id: id})<-[:DEVIATES_AT]-(found:Deviation)
         WHERE found.closed_at IS NULL
         RETURN DISTINCT found.key AS key ORDER BY key
       } AS deviations_around,
       COLLECT {
         MATCH (former:Change)
         WHERE former.outcome IN ['failed', 'backed_out'] AND former.ends_at >= $since AND former.id <> $change
           AND EXISTS {
             MATCH (former)-[:CHANGES]->(other:CI)
             WHERE any(type IN labels(other) WHERE type IN $plans[place].types) AND NOT other.id IN $plans[place].altered
           }
         RETURN former.key ORDER BY former.id DESC LIMIT 200
       } AS alike
ORDER BY place
