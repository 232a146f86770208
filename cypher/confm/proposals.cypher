// confm.proposals (read)
// Proposals to retire, the newest first. One row.
//
// $status   str        proposed, approved, dismissed or withdrawn; null: any
// $scope    str        key of the scope; null: of all
// $sources  list[str]  of these sources only; null: of all
// $types    list[str]  of elements of these CI types, or that are no CI; null: of all
// $after    str        id of the last one of the page before, or empty
// $limit    int        most of them
// -> total      int        how many there are in all pages
// -> proposals  list[map]  properties
//
// seek    -
// budget  30 ms for 10,000
// allow   CartesianProduct: of two single rows, the count and the page
// why     What a source no longer has waits for a person.
CALL () {
  MATCH (proposal:RetirementProposal)
  WHERE ($status IS NULL OR proposal.status = $status)
    AND ($scope IS NULL OR proposal.source + '/' + proposal.scope = $scope)
    AND ($sources IS NULL OR proposal.source IN $sources)
    AND ($types IS NULL OR proposal.element_type IN $types)
  RETURN count(proposal) AS total
}
CALL () {
  MATCH (proposal:RetirementProposal)
  WHERE ($status IS NULL OR proposal.status = $status)
    AND ($scope IS NULL OR proposal.source + '/' + proposal.scope = $scope)
    AND ($sources IS NULL OR proposal.source IN $sources)
    AND ($types IS NULL OR proposal.element_type IN $types)
    AND ($after = '' OR proposal.id < $after)
  WITH proposal ORDER BY proposal.id DESC LIMIT $limit
  RETURN collect(properties(proposal)) AS proposals
}
RETURN total, proposals
