// rdm.addressees (read)
// Persons, groups, customers and stakeholders by id or key. A row for each that is there.
//
// $parties       list[str]  ids or keys of persons and groups
// $customers     list[str]  ids or keys of customers
// $stakeholders  list[str]  ids or keys of stakeholders who are still some
// -> of   str  parties, customers or stakeholders
// -> ref  str  as given
// -> id   str  opaque id
//
// seek    person_key group_key customer_key process_record_key record_id
// budget  5 ms for 20
// why     Who is told is somebody (PR13.3).
UNWIND $parties AS ref
CALL (ref) {
  MATCH (one:Person {key: ref})
  RETURN one
  UNION
  MATCH (one:Group {key: ref})
  RETURN one
  UNION
  MATCH (one:Record&(Person|Group) {id: ref})
  RETURN one
}
RETURN 'parties' AS of, ref, one.id AS id
UNION
UNWIND $customers AS ref
CALL (ref) {
  MATCH (one:Customer {key: ref})
  RETURN one
  UNION
  MATCH (one:Record&Customer {id: ref})
  RETURN one
}
RETURN 'customers' AS of, ref, one.id AS id
UNION
UNWIND $stakeholders AS ref
CALL (ref) {
  MATCH (one:ProcessRecord&Stakeholder {key: ref})
  RETURN one
  UNION
  MATCH (one:Record&Stakeholder {id: ref})
  RETURN one
}
WITH ref, one WHERE one.closed_at IS NULL
RETURN 'stakeholders' AS of, ref, one.id AS id
