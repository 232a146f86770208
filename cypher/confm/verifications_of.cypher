// confm.verifications_of (read)
// Verifications of a plan that are not over. One row.
//
// $plan  str  its name
// -> open  list[map]  properties of each
//
// seek    verification_plan
// budget  2 ms
// why     A plan has one verification at a time (PR11.5).
RETURN COLLECT {
  MATCH (verification:Verification {plan: $plan})
  WHERE verification.closed_at IS NULL
  RETURN properties(verification)
} AS open
