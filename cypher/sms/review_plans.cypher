// sms.review_plans (read)
// How plans of reviews stand, and who would hold the next one. A row for each plan.
//
// $plans  list[map]  {plan, roles, owner}: its name, keys of roles, nearest first, key of who is named
// $at     str        when the roles have to be held, UTC
// -> plan     str  its name
// -> since    str  when it came into force for the first time, UTC
// -> last     map  {held_at, due_at} of the one that was over last; null: none was
// -> planned  str  key of the one that waits for its day; null: none does
// -> owner    str  key of who is named, or holds the first of the roles; null: nobody does
//
// seek    review_plan policy_kind_name person_key group_key role_key
// budget  10 ms for twenty plans
// why     What is planned next follows from what was held (GR6.2).
UNWIND $plans AS asked
RETURN asked.plan AS plan,
       head(COLLECT {
         MATCH (policy:Policy {kind: 'review-plan', name: asked.plan})
         WHERE policy.approved_at IS NOT NULL
         RETURN min(policy.approved_at)
       }) AS since,
       head(COLLECT {
         MATCH (review:Review {plan: asked.plan})
         WHERE review.closed_at IS NOT NULL
         RETURN review {.held_at, .due_at} ORDER BY review.closed_at DESC LIMIT 1
       }) AS last,
       head(COLLECT {
         MATCH (review:Review {plan: asked.plan})
         WHERE review.closed_at IS NULL
         RETURN review.key LIMIT 1
       }) AS planned,
       head(COLLECT {
         CALL (asked) {
           MATCH (party:Person {key: asked.owner}) RETURN -1 AS place, party
           UNION
           MATCH (party:Group {key: asked.owner}) RETURN -1 AS place, party
           UNION
           UNWIND range(0, size(asked.roles) - 1) AS place
           MATCH (:Role {key: asked.roles[place]})<-[held:HOLDS]-(party:Person)
           WHERE held.starts_at <= $at AND coalesce(held.ends_at > $at, true)
           RETURN place, party
         }
         RETURN party.key ORDER BY place LIMIT 1
       }) AS owner
