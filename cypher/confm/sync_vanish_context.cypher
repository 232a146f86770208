// confm.sync_vanish_context (read)
// What decides what is proposed for retirement. One row.
//
// $scope      str        key of the scope
// $run        str        key of the run
// $elements   list[str]  ids of elements that vanished
// $proposals  list[str]  keys of proposals to look at
// -> token      str        of the run that holds the scope, or null
// -> state      map        properties of the run, or null
// -> record     map        properties of its record in the ledger, or null
// -> elements   list[map]  properties of those that live
// -> open       list[str]  ids of those for which a proposal of the scope is open or dismissed
// -> proposals  list[map]  properties of the proposals
//
// seek    sync_scope_key run_state_key sync_run_key record_id retirement_proposal_element retirement_proposal_key
// budget  30 ms for 1,000 elements
// why     Nothing is proposed twice, and nothing that is gone already.
OPTIONAL MATCH (scope:SyncScope {key: $scope})
OPTIONAL MATCH (state:RunState {key: $run})
OPTIONAL MATCH (record:SyncRun {key: $run})
RETURN scope.lease_token AS token, properties(state) AS state, properties(record) AS record,
       COLLECT {
         UNWIND $elements AS id
         MATCH (element:Record&Element {id: id})
         RETURN properties(element)
       } AS elements,
       COLLECT {
         UNWIND $elements AS id
         MATCH (proposal:RetirementProposal {element: id})
         USING INDEX proposal:RetirementProposal(element)
         WHERE proposal.status IN ['proposed', 'dismissed'] AND proposal.source + '/' + proposal.scope = $scope
         RETURN proposal.element
       } AS open,
       COLLECT {
         UNWIND $proposals AS key
         MATCH (proposal:RetirementProposal {key: key})
         RETURN properties(proposal)
       } AS proposals
