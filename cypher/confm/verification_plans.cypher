// confm.verification_plans (read)
// When verifications of plans were finished last, and which are running. A row for each plan.
//
// $plans  list[str]  names of plans in force
// -> plan     str  its name
// -> since    str  when it came into force for the first time, UTC
// -> last     map  {key, closed_at, outcome} of the one that was finished last; null: none was
// -> running  map  {key, due_at} of the one that is not over; null: none is
//
// seek    verification_plan policy_kind_name
// budget  5 ms for ten plans
// why     What is due follows from what was finished (PR11.5).
UNWIND $plans AS plan
RETURN plan,
       head(COLLECT {
         MATCH (policy:Policy {kind: 'verification-plan', name: plan})
         WHERE policy.approved_at IS NOT NULL
         RETURN min(policy.approved_at)
       }) AS since,
       head(COLLECT {
         MATCH (verification:Verification {plan: plan})
         WHERE verification.closed_at IS NOT NULL AND coalesce(verification.outcome, '') <> ''
         RETURN verification {.key, .closed_at, .outcome} ORDER BY verification.closed_at DESC LIMIT 1
       }) AS last,
       head(COLLECT {
         MATCH (verification:Verification {plan: plan})
         WHERE verification.closed_at IS NULL
         RETURN verification {.key, .due_at} ORDER BY verification.id DESC LIMIT 1
       }) AS running
