// confm.claims_context (read)
// A verification by id or key, and of each element of its sample what was written, and by which runs.
//
// $ref  str  id or key
// -> verification  map        its properties
// -> examined      list[map]  {id, labels, now, said, born_of, writes, proposed, deviations}: the
//                             relation's properties, the run that registered it, {run, before} of
//                             entries oldest first, and deviations that discovery brought to light
//
// seek    process_record_key record_id ledger_entry_seq retirement_proposal_element
// budget  200 ms for 500 elements
// why     What a source said last is what its runs wrote: the ledger has it (PR11.5).
CALL () {
  MATCH (verification:ProcessRecord {key: $ref})
  WHERE verification:Verification
  RETURN verification
  UNION
  MATCH (verification:Record&Verification {id: $ref})
  RETURN verification
}
RETURN properties(verification) AS verification,
       COLLECT {
         MATCH (verification)-[examined:VERIFIES]->(element:Element)
         RETURN {
           id: element.id,
           labels: labels(element),
           now: properties(element),
           said: properties(examined),
           born_of: head(COLLECT { MATCH (entry:LedgerEntry {seq: element.created}) RETURN entry.run }),
           writes: COLLECT {
             MATCH (element)<-[changed:CHANGED]-(entry:LedgerEntry)
             WHERE changed.type IS NULL
             RETURN {run: entry.run, before: changed.before} ORDER BY entry.seq
           },
           proposed: EXISTS {
             MATCH (proposal:RetirementProposal {element: element.id})
             WHERE proposal.status = 'proposed'
           },
           deviations: COLLECT {
             MATCH (element)<-[:DEVIATES_AT]-(deviation:Deviation {source: 'discovery'})
             RETURN properties(deviation) ORDER BY deviation.id DESC
           }
         } ORDER BY element.id
       } AS examined
