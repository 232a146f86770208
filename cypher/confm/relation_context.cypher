// confm.relation_context (read)
// Both ends of a relation by id or key, what it is now, and how many of its type each end has.
// One row; null ends where a reference leads nowhere.
//
// $source  str  id or key
// $target  str  id or key
// $type    str  relationship type of the registry
// -> source         map        properties, or null
// -> source_labels  list[str]  labels
// -> target         map        properties, or null
// -> target_labels  list[str]  labels
// -> relation       map        its properties, or null
// -> outgoing       int        relations of the type that start at the source
// -> incoming       int        relations of the type that end at the target
//
// seek    element_key record_id
// budget  3 ms
// why     One read before one write; cardinality is decided from the counts.
// allow   CartesianProduct: of two rows, one for each end
CALL () {
  OPTIONAL MATCH (byKey:Element {key: $source})
  OPTIONAL MATCH (byId:Record&Element {id: $source})
  RETURN coalesce(byKey, byId) AS source
}
CALL () {
  OPTIONAL MATCH (byKey:Element {key: $target})
  OPTIONAL MATCH (byId:Record&Element {id: $target})
  RETURN coalesce(byKey, byId) AS target
}
CALL (source, target) {
  OPTIONAL MATCH (source)-[relation:$($type)]->(target)
  RETURN relation
}
CALL (source) {
  OPTIONAL MATCH (source)-[other:$($type)]->()
  RETURN count(other) AS outgoing
}
CALL (target) {
  OPTIONAL MATCH ()-[other:$($type)]->(target)
  RETURN count(other) AS incoming
}
RETURN properties(source) AS source, labels(source) AS source_labels,
       properties(target) AS target, labels(target) AS target_labels,
       properties(relation) AS relation, outgoing, incoming
