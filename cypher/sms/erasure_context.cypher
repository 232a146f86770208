// sms.erasure_context (read)
// A person, group, role or customer by id or key, with its salt and images; a person who is retired
// by the id alone. One row, or none.
//
// $ref  str  id or key
// -> labels  list[str]  its labels
// -> party   map        all of its properties
// -> images  list[map]  {seq, before} of what the ledger keeps of it
//
// seek    person_key group_key role_key customer_key record_id
// budget  3 ms
// why     Whoever left has the same right to be forgotten; one read before one write.
CALL () {
  MATCH (party:Person {key: $ref}) RETURN party
  UNION
  MATCH (party:Group {key: $ref}) RETURN party
  UNION
  MATCH (party:Role {key: $ref}) RETURN party
  UNION
  MATCH (party:Customer {key: $ref}) RETURN party
  UNION
  MATCH (party:Record {id: $ref})
  WHERE party:Person OR party:Group OR party:Role OR party:Customer OR party:RetiredPerson
  RETURN party
}
RETURN labels(party) AS labels, properties(party) AS party,
       COLLECT {
         MATCH (party)<-[changed:CHANGED]-(entry:LedgerEntry)
         WHERE changed.target IS NULL
         RETURN {seq: entry.seq, before: changed.before}
       } AS images
