// chm.people_behind_both (read)
// How many customers, and users of theirs, receive any of some services, and any of some others.
//
// $meanwhile  list[str]  ids of services
// $if_fails   list[str]  ids of others
// -> meanwhile  map  {customers, users}: each customer counted once
// -> if_fails   map  likewise
//
// seek    record_id
// budget  5 ms for a hundred services
// allow   CartesianProduct: of two single rows, one for each list
// why     How many people stand behind what a change reaches decides about type and risk (PR12.1, PR12.3).
CALL () {
  OPTIONAL CALL () {
    UNWIND $meanwhile AS id
    MATCH (:Record {id: id})<-[:RECEIVES]-(customer:Customer)
    RETURN DISTINCT customer
  }
  RETURN {customers: count(customer), users: coalesce(sum(customer.user_count), 0)} AS meanwhile
}
CALL () {
  OPTIONAL CALL () {
    UNWIND $if_fails AS id
    MATCH (:Record {id: id})<-[:RECEIVES]-(customer:Customer)
    RETURN DISTINCT customer
  }
  RETURN {customers: count(customer), users: coalesce(sum(customer.user_count), 0)} AS if_fails
}
RETURN meanwhile, if_fails
