// sms.key_taken (read)
// Whether a key is taken among persons, groups, roles and customers. One row.
//
// $key  str  wanted key
// -> taken  bool  somebody has it
//
// seek    person_key group_key role_key customer_key
// budget  2 ms
// why     A reference by key must lead to one party.
RETURN EXISTS { MATCH (:Person {key: $key}) } OR EXISTS { MATCH (:Group {key: $key}) }
       OR EXISTS { MATCH (:Role {key: $key}) } OR EXISTS { MATCH (:Customer {key: $key}) } AS taken
