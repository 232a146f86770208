// rdm.parties_of_phases (read)
// Customers and groups by key, for whom phases of a release are. A row for each that is there.
//
// $customers  list[str]  keys of customers
// $groups     list[str]  keys of groups
// -> key  str  its key
// -> id   str  opaque id
// -> of   str  customers or groups
//
// seek    customer_key group_key
// budget  5 ms for 100
// why     Who gets what is released first is somebody (PR13.3).
UNWIND $customers AS key
MATCH (party:Customer {key: key})
RETURN party.key AS key, party.id AS id, 'customers' AS of
UNION
UNWIND $groups AS key
MATCH (party:Group {key: key})
RETURN party.key AS key, party.id AS id, 'groups' AS of
