// sms.customers_of (read)
// Customers of services. One row for each service that has any.
//
// $services  list[str]  ids
// -> service    str        id
// -> customers  list[map]  {id, key, name, userCount}
//
// seek    record_id
// budget  3 ms for 100
// why     Who is behind an affected service.
UNWIND $services AS id
MATCH (service:Record {id: id})<-[:RECEIVES]-(customer:Customer)
WITH service, customer ORDER BY customer.key
RETURN service.id AS service,
       collect({id: customer.id, key: customer.key, name: customer.name, userCount: customer.user_count}) AS customers
