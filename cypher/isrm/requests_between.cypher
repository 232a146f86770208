// isrm.requests_between (read)
// Service requests that were registered before the end of a period and not over before its beginning.
//
// $since  str  the beginning, in the stored form
// $until  str  the end; likewise
// -> record    map  its properties
// -> owner     str  key of who answers for it; null: nobody
// -> offering  str  key of what was asked for
// -> service   str  key of the service that this belongs to; null: it is retired
// -> handed_on  list[str]  when it was given from one owner to another, UTC
//
// seek    -
// budget  1 s for a hundred thousand
// why     A report looks at every request of its period (PR9.5).
MATCH (request:ServiceRequest)
WHERE request.created_at < $until AND (request.closed_at IS NULL OR request.closed_at >= $since)
RETURN request {.key, .title, .priority, .status, .created_at, .responded_at, .resolved_at, .closed_at,
                .response_due_at, .resolution_due_at, .reopened} AS record,
       head([(request)-[:OWNED_BY]->(owner:Record) | owner.key]) AS owner,
       head([(request)-[:REQUESTS]->(offering:Record) | offering.key]) AS offering,
       head([(request)-[:REQUESTS]->(:Record)-[:OFFERS]->(service:Service) | service.key]) AS service,
       COLLECT {
         MATCH (request)<-[:CHANGED {op: 'unrelate', type: 'OWNED_BY'}]-(entry:LedgerEntry)
         RETURN entry.at
       } AS handed_on
ORDER BY request.id
