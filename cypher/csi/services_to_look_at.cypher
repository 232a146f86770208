// csi.services_to_look_at (read)
// The next services in order of their keys, and when the ledger began. One row.
//
// $after  str  key of the last one that was looked at; empty: none was
// $most   int  so many at most
// -> services  list[map]  {id, key, criticality} of services that live
// -> began     str        moment of the first entry; null: there is none
//
// seek    ledger_entry_seq
// budget  10 ms for a thousand services
// why     All services are looked at for what could be better, some in a turn (PR14.1).
RETURN COLLECT {
         MATCH (service:Service&Element)
         WHERE service.key > $after
         RETURN service {.id, .key, .criticality}
         ORDER BY service.key LIMIT $most
       } AS services,
       COLLECT { MATCH (first:LedgerEntry {seq: 1}) RETURN first.at }[0] AS began
