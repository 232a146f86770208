// checks.unowned_elements (read)
// Live elements for which nobody answers. One row for each.
//
// $limit  int  most that are told
// -> told  str  keys
//
// seek    ci_type_key group_key
// budget  2 s for 1,000,000
// why     Who answers for an element is asked when it fails (PR11.2).
MATCH (element:Element)
WHERE NOT EXISTS { (element)-[:OWNED_BY]->(owner:Person|Group) }
  AND NOT EXISTS { MATCH (type:CIType {key: element.type}) MATCH (:Group {key: type.owner_group}) }
RETURN coalesce(element.key, element.id, elementId(element)) AS told
LIMIT $limit
