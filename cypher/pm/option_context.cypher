// pm.option_context (read)
// An option by id or key with the problem that it is of, and the other options of that. One row, or none.
//
// $ref  str  id or key
// -> option   map        its properties
// -> problem  map        properties of the problem
// -> others   list[map]  properties of the other options of the problem
//
// seek    process_record_key record_id
// budget  3 ms
// why     One read before one write.
CALL () {
  MATCH (option:ProcessRecord {key: $ref})
  WHERE option:ProblemOption
  RETURN option
  UNION
  MATCH (option:Record&ProblemOption {id: $ref})
  RETURN option
}
MATCH (option)-[:OPTION_OF]->(problem:Problem)
RETURN properties(option) AS option, properties(problem) AS problem,
       COLLECT {
         MATCH (problem)<-[:OPTION_OF]-(other:ProblemOption)
         WHERE other.id <> option.id
         RETURN properties(other) ORDER BY other.id
       } AS others
