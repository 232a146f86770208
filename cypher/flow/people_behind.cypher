// flow.people_behind (read)
// How many customers, and users of theirs, receive any of some services.
//
// $services  list[str]  ids of services
// -> customers  int  customers, each counted once
// -> users      int  users of those customers together
//
// seek    record_id
// budget  3 ms for a hundred services
// why     How many people stand behind what an incident reaches decides about its impact (PR9.1).
CALL () {
  UNWIND $services AS id
  MATCH (:Record {id: id})<-[:RECEIVES]-(customer:Customer)
  RETURN DISTINCT customer
}
RETURN count(customer) AS customers, coalesce(sum(customer.user_count), 0) AS users
