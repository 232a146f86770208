// confm.attest_context (read)
// A verification by id or key, an element with what was found of it, and what the actor is to it.
//
// $ref      str  id or key of the verification
// $element  str  id or key of the element
// $actor    str  login of the account that acts
// $at       str  the moment
// -> verification  map        its properties
// -> element       map        its properties; null: there is none
// -> labels        list[str]  its labels
// -> examined      map        properties of the relation between them; null: it was not drawn
// -> owner         str        key of who answers for the element, or for its type; null: nobody does
// -> owns          bool       the account's person does, or belongs to the group that does
// -> of_process    bool       the account or its person has a role in configuration management
//
// seek    process_record_key record_id element_key account_key ci_type_key group_key
// budget  5 ms
// why     Who attests is known inside the write (PR11.5).
// allow   CartesianProduct: of two single rows, the verification and the element
CALL () {
  MATCH (verification:ProcessRecord {key: $ref})
  WHERE verification:Verification
  RETURN verification
  UNION
  MATCH (verification:Record&Verification {id: $ref})
  RETURN verification
}
OPTIONAL CALL () {
  MATCH (element:Element {key: $element})
  RETURN element
  UNION
  MATCH (element:Record&Element {id: $element})
  RETURN element
}
OPTIONAL MATCH (verification)-[examined:VERIFIES]->(element)
RETURN properties(verification) AS verification, properties(element) AS element, labels(element) AS labels,
       properties(examined) AS examined,
       coalesce(
         head(COLLECT { MATCH (element)-[:OWNED_BY]->(owner:Record) RETURN owner.key }),
         head(COLLECT {
           MATCH (type:CIType {key: element.type}) MATCH (group:Group {key: type.owner_group}) RETURN group.key
         })
       ) AS owner,
       EXISTS {
         MATCH (:Account {key: $actor})-[:ACTS_FOR]->(person:Person)
         WHERE EXISTS { MATCH (element)-[:OWNED_BY]->(person) }
            OR EXISTS { MATCH (element)-[:OWNED_BY]->(:Group)<-[:BELONGS_TO]-(person) }
            OR NOT EXISTS { MATCH (element)-[:OWNED_BY]->(:Record) } AND EXISTS {
                 MATCH (type:CIType {key: element.type})
                 MATCH (person)-[:BELONGS_TO]->(:Group {key: type.owner_group})
               }
       } AS owns,
       EXISTS {
         MATCH (account:Account {key: $actor})
         WHERE any(word IN account.roles WHERE word IN ['administrator', 'process_manager'])
            OR EXISTS {
              MATCH (account)-[:ACTS_FOR]->(:Person)-[held:HOLDS]->(:Role {process: 'confm'})
              WHERE coalesce(held.starts_at, $at) <= $at
                AND (held.ends_at IS NULL OR $at < held.ends_at)
            }
       } OR $actor = 'system' AS of_process
