// confm.behind_party (read)
// A person with their groups, or a group, by id or key. One row, or none.
//
// $ref  str  id or key
// -> parties  list[str]  ids of the person and of their groups, or of the group
//
// seek    person_key group_key record_id
// budget  2 ms
// why     What waits for somebody is theirs or their groups' (PR11.2).
CALL () {
  MATCH (party:Person {key: $ref}) RETURN party
  UNION
  MATCH (party:Group {key: $ref}) RETURN party
  UNION
  MATCH (party:Record {id: $ref}) WHERE party:Person OR party:Group RETURN party
}
RETURN [party.id] + COLLECT { MATCH (party)-[:BELONGS_TO]->(group:Group) RETURN group.id ORDER BY group.id } AS parties
LIMIT 1
