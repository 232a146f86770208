// chm.people_of_services (read)
// Who owns, watches or has a stake in some services. One row for each person.
//
// $ids  list[str]  services
// $to   list[str]  which of them: service_owner, watchers, stakeholders
// $at   str        when roles are held, in the stored form
// -> person    str        id of somebody
// -> services  list[str]  ids of the services
//
// seek    record_id
// budget  20 ms for a hundred services
// why     Those whose services are reached are told of what is planned (PR12.6).
UNWIND $ids AS id
MATCH (service:Record {id: id})
CALL (service) {
  MATCH (service)<-[:OVER]-(role:Role)<-[held:HOLDS]-(person:Person)
  WHERE 'service_owner' IN $to AND role.word = 'service_owner'
    AND held.starts_at <= $at AND (held.ends_at IS NULL OR $at < held.ends_at)
  RETURN person
  UNION
  MATCH (service)<-[:WATCHES]-(person:Person)
  WHERE 'watchers' IN $to
  RETURN person
  UNION
  MATCH (service)<-[:RECEIVES]-(:Customer)<-[:FROM_CUSTOMER]-(:Stakeholder)-[:OWNED_BY]->(person:Person)
  WHERE 'stakeholders' IN $to
  RETURN person
  UNION
  MATCH (service)<-[:RECEIVES]-(:Customer)<-[:FROM_CUSTOMER]-(:Stakeholder)-[:OWNED_BY]->(:Group)<-[:BELONGS_TO]-(person:Person)
  WHERE 'stakeholders' IN $to
  RETURN person
}
RETURN person.id AS person, collect(DISTINCT service.id) AS services
ORDER BY person
