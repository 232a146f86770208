// pm.trend_elements (read)
// Elements by id and services by key, and when the ledger begins. One row.
//
// $ids       list[str]  ids of elements
// $services  list[str]  keys of services
// -> elements  list[map]  {id, key, name, labels, type, created_at}
// -> services  list[map]  the same of those named by key
// -> began     str        moment of the first entry; null where there is none
//
// seek    record_id element_key ledger_entry_seq
// budget  50 ms for ten thousand
// why     What is counted of has a past no longer than it is there (PR10.1).
RETURN COLLECT {
         UNWIND $ids AS id
         MATCH (element:Record&Element {id: id})
         RETURN element {.id, .key, .name, .type, .created_at, labels: labels(element)}
       } AS elements,
       COLLECT {
         UNWIND $services AS key
         MATCH (service:Element {key: key})
         WHERE service:Service
         RETURN service {.id, .key, .name, .created_at, type: null, labels: labels(service)}
       } AS services,
       COLLECT { MATCH (first:LedgerEntry {seq: 1}) RETURN first.at }[0] AS began
