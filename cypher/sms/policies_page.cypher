// sms.policies_page (read)
// Versions of policies with who answers for them, the newest first. One row.
//
// $ref     str  id or key of a version; null: all
// $kind    str  of this kind only; null: of all
// $called  str  of this name only; null: of all
// $status  str  in this status only; null: in all
// $after   str  id of the last one of the page before, or null
// $limit   int  most of them
// -> total     int        how many there are in all pages
// -> policies  list[map]  {policy, owner}: properties; id, key, name and kind of the owner, or null
//
// seek    -
// budget  10 ms for 1,000
// why     Whoever looks after policies wants to see what there is, and what there was.
// allow   CartesianProduct: of two single rows, the count and the page
CALL () {
  MATCH (policy:Policy)
  WHERE ($ref IS NULL OR policy.key = $ref OR policy.id = $ref)
    AND ($kind IS NULL OR policy.kind = $kind)
    AND ($called IS NULL OR policy.name = $called)
    AND ($status IS NULL OR policy.status = $status)
  RETURN count(policy) AS total
}
CALL () {
  MATCH (policy:Policy)
  WHERE ($ref IS NULL OR policy.key = $ref OR policy.id = $ref)
    AND ($kind IS NULL OR policy.kind = $kind)
    AND ($called IS NULL OR policy.name = $called)
    AND ($status IS NULL OR policy.status = $status)
    AND ($after IS NULL OR policy.id < $after)
  WITH policy ORDER BY policy.id DESC LIMIT $limit
  RETURN collect({
    policy: properties(policy),
    owner: head(COLLECT {
      MATCH (owner:Record)-[:ANSWERS_FOR]->(policy)
      RETURN {id: owner.id, key: owner.key, name: owner.name,
              kind: CASE WHEN owner:Person THEN 'Person' ELSE 'Group' END}
    })
  }) AS policies
}
RETURN total, policies
