// sms.policy_kind (read)
// Of which kind a version of a policy is, by id or key.
//
// $ref  str  id or key of the version
// -> kind  str  its kind
//
// seek    policy_key record_id
// budget  1 ms
// why     The table of rights is approved by fewer people than other policies.
CALL () {
  MATCH (policy:Policy {key: $ref})
  RETURN policy
  UNION
  MATCH (policy:Record&Policy {id: $ref})
  RETURN policy
}
RETURN policy.kind AS kind
