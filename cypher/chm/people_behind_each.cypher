// chm.people_behind_each (read)
// How many customers, and users of theirs, receive any of some services, for several sets of these. One row each.
//
// $sets  list[list[str]]  ids of services
// -> place      int  of the set, from 0 on
// -> customers  int  each customer counted once for a set
// -> users      int  theirs
//
// seek    record_id
// budget  5 ms for a hundred services
// why     How many people stand behind what a change reaches decides about type and risk (PR12.1, PR12.3).
UNWIND range(0, size($sets) - 1) AS place
CALL (place) {
  OPTIONAL CALL (place) {
    UNWIND $sets[place] AS id
    MATCH (:Record {id: id})<-[:RECEIVES]-(customer:Customer)
    RETURN DISTINCT customer
  }
  RETURN count(customer) AS customers, coalesce(sum(customer.user_count), 0) AS users
}
RETURN place, customers, users
ORDER BY place
