// csi.targets_of_services (read)
// Incidents and service requests of services whose targets were met or missed in a period. A row for each service that there is, by key.
//
// $services  list[str]  ids or keys of services
// $since     str        beginning of the period, in the stored form; included
// $until     str        its end; not included
// $earliest  str        when the services were DOWN is told from then on; not after the beginning
// -> service  map        its properties
// -> answered  int       incidents that reached it and requests for it that were responded to
// -> answered_late  int  those of them that were late
// -> resolved  int       those that were resolved or fulfilled
// -> resolved_late  int  those of them that were late
// -> down  list[map]     {starts_at, ends_at} of incidents that took it DOWN, as they were weighed last
//
// seek    element_key record_id
// budget  1 s for a hundred thousand
// why     A target that was missed is an opportunity (PR14.1); a record keeps when one was, and nothing of one that was met. Incidents are gone through once, however many services are asked about.
UNWIND $services AS ref
CALL (ref) {
  MATCH (service:Element {key: ref}) WHERE service:Service RETURN service
  UNION
  MATCH (service:Record&Service {id: ref}) RETURN service
}
WITH collect(DISTINCT service) AS services
WITH services, COLLECT {
       MATCH (incident:Incident)
       WHERE incident.created_at < $until
         AND (incident.closed_at IS NULL OR incident.closed_at >= $earliest)
         AND any(service IN services WHERE service.key IN incident.services)
       RETURN incident
     } AS incidents
UNWIND services AS service
WITH service,
     [each IN incidents WHERE each.status <> 'rejected'
        AND service.key IN each.services[0..coalesce(each.services_down, 0)]
        | {starts_at: each.starts_at, ends_at: each.ends_at}] AS down,
     [each IN incidents WHERE service.key IN each.services] + COLLECT {
       MATCH (service)<-[:OFFERS]-(:RequestOffering)<-[:REQUESTS]-(request:ServiceRequest)
       WHERE request.created_at < $until
         AND (request.closed_at IS NULL OR request.closed_at >= $since)
       RETURN request
     } AS cases
WITH service, down,
     [each IN cases WHERE each.responded_at >= $since AND each.responded_at < $until] AS answered,
     [each IN cases WHERE each.resolved_at >= $since AND each.resolved_at < $until
        AND each.status <> 'rejected'] AS resolved
RETURN properties(service) AS service,
       size(answered) AS answered,
       size([each IN answered WHERE each.response_due_at IS NOT NULL]) AS answered_late,
       size(resolved) AS resolved,
       size([each IN resolved WHERE each.resolution_due_at IS NOT NULL]) AS resolved_late,
       down
ORDER BY service.key
