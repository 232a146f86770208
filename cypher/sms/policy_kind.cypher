// sms.policy_kind (read)
// Of which kind a version of a policy is, by id or key, and what it says.
//
// $ref  str  id or key of the version
// -> kind      str  its kind
// -> name      str  its name
// -> document  str  what it says, as canonical JSON
//
// seek    policy_key record_id
// budget  1 ms
// why     Who may decide on a policy follows from the process that it is a rule of (GR2.4).
CALL () {
  MATCH (policy:Policy {key: $ref})
  RETURN policy
  UNION
  MATCH (policy:Record&Policy {id: $ref})
  RETURN policy
}
RETURN policy.kind AS kind, policy.name AS name, policy.document AS document
