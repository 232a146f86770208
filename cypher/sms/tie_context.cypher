// sms.tie_context (read)
// Both ends of a fixed relation by id or key, and the relation if it exists. One row.
//
// $source  str  id or key of a person or customer
// $target  str  id or key of a group, role, customer or service
// $type    str  a fixed relationship type
// -> source         map        properties, or null
// -> source_labels  list[str]  labels
// -> target         map        properties, or null
// -> target_labels  list[str]  labels
// -> relation       map        its properties, or null
//
// seek    person_key customer_key group_key role_key element_key record_id
// budget  3 ms
// why     One read before one write.
// allow   CartesianProduct: of two rows, one for each end
CALL () {
  OPTIONAL MATCH (person:Person {key: $source})
  OPTIONAL MATCH (customer:Customer {key: $source})
  OPTIONAL MATCH (byId:Record {id: $source})
  RETURN coalesce(person, customer, byId) AS source
}
CALL () {
  OPTIONAL MATCH (group:Group {key: $target})
  OPTIONAL MATCH (role:Role {key: $target})
  OPTIONAL MATCH (customer:Customer {key: $target})
  OPTIONAL MATCH (service:Element {key: $target})
  OPTIONAL MATCH (byId:Record {id: $target})
  RETURN coalesce(group, role, customer, service, byId) AS target
}
CALL (source, target) {
  OPTIONAL MATCH (source)-[relation:$($type)]->(target)
  RETURN relation
}
RETURN properties(source) AS source, labels(source) AS source_labels,
       properties(target) AS target, labels(target) AS target_labels,
       properties(relation) AS relation
