// sms.documents_due (read)
// Which plans of documents are due: approved before their time began, and nothing issued since. One row each.
//
// $plans  list[map]  {key, series, begins}: of the policy, of the document, and since when it is due
// -> key  str  of the policy
//
// seek    policy_key document_series
// budget  5 ms for 50
// why     What is issued regularly is issued once for each period (GR2.3).
UNWIND $plans AS plan
MATCH (policy:Policy {key: plan.key})
WHERE policy.approved_at <= plan.begins AND NOT EXISTS {
  MATCH (document:Document {series: plan.series})
  WHERE document.made_at >= plan.begins
}
RETURN plan.key AS key
