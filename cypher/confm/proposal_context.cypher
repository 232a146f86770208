// confm.proposal_context (read)
// A proposal to retire, by key. One row or none.
//
// $key  str  of the proposal
// -> proposal  map        its properties
// -> element   map        properties of its element, if it lives
// -> labels    list[str]  labels of its element, or null
//
// seek    retirement_proposal_key record_id
// budget  2 ms
// why     Retiring is decided on what is there now.
MATCH (proposal:RetirementProposal {key: $key})
OPTIONAL MATCH (element:Record&Element {id: proposal.element})
RETURN properties(proposal) AS proposal, properties(element) AS element, labels(element) AS labels
