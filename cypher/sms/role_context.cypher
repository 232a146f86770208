// sms.role_context (read)
// A role by key or id, a person, a service, and who holds the role. One row.
//
// $role     str  key or id of a role
// $person   str  key or id of a person
// $service  str  key or id of a service; empty: none is meant
// -> role     map              properties of the role, or null
// -> person   map              properties of the person, or null
// -> service  map              properties of the service, or null
// -> holders  list[list[any]]  [id, key, properties of HOLDS] of each holder
//
// seek    role_key person_key element_key record_id
// budget  3 ms
// why     One read before one write.
// allow   CartesianProduct: of three rows, one for each that is named
CALL () {
  OPTIONAL MATCH (named:Role {key: $role})
  OPTIONAL MATCH (byId:Record&Role {id: $role})
  RETURN coalesce(named, byId) AS role
}
CALL () {
  OPTIONAL MATCH (named:Person {key: $person})
  OPTIONAL MATCH (byId:Record&Person {id: $person})
  RETURN coalesce(named, byId) AS person
}
CALL () {
  OPTIONAL MATCH (named:Element&Service {key: $service})
  OPTIONAL MATCH (byId:Record&Service {id: $service})
  RETURN coalesce(named, byId) AS service
}
RETURN properties(role) AS role, properties(person) AS person, properties(service) AS service,
       COLLECT { MATCH (holder:Record)-[holds:HOLDS]->(role) RETURN [holder.id, holder.key, properties(holds)] } AS holders
