// sms.policy_names (read)
// Kinds and names that have a version of any status. One row.
//
// -> names  list[list[str]]  [kind, name]
//
// seek    -
// budget  5 ms for 1,000 versions
// why     What comes with the product is brought into force only where there is no version at all.
RETURN COLLECT {
  MATCH (policy:Policy)
  RETURN DISTINCT [policy.kind, policy.name]
} AS names
