// sms.policies_in_force (read)
// Every approved version of a policy. One row.
//
// -> policies  list[map]  their properties
//
// seek    policy_status
// budget  5 ms for 100
// why     Policies are data (GR2.4): this is where what is in force comes from at run time.
RETURN COLLECT {
  MATCH (policy:Policy {status: 'approved'})
  RETURN properties(policy) ORDER BY policy.key
} AS policies
