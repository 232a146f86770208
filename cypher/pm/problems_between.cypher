// pm.problems_between (read)
// Problems that were registered before the end of a period and not over before its beginning.
//
// $since  str  the beginning, in the stored form
// $until  str  the end; likewise
// $types  list[str]  CI types that the reader sees
// $all    bool       it sees all of them
// $rule   map        {open, over} of what a good record says: {fields, out, into}
// -> record    map        its properties
// -> owner     str        key of who answers for it; null: nobody
// -> services  list[str]  keys of services that its incidents reached, or that it is suspected in
// -> elements  list[str]  keys of the elements that it is suspected in, and that are seen
// -> causes    list[str]  keys of the elements that its confirmed causes lie in, and that are seen
// -> known     list[map]  {key, title, created_at, closed_at, helps} of its known errors; helps: something does
// -> handed_on list[str]  when it was given from one owner to another, UTC
// -> lacks     list[str]  what it lacks of what a good record says
//
// seek    -
// budget  1 s for ten thousand
// why     A report looks at every problem of its period (PR10.2).
MATCH (problem:Problem)
WHERE problem.created_at < $until AND (problem.closed_at IS NULL OR problem.closed_at >= $since)
WITH problem, CASE WHEN problem.closed_at IS NULL THEN $rule.open ELSE $rule.over END AS rule,
     COLLECT { MATCH (problem)-[tie]->() RETURN DISTINCT type(tie) } AS out,
     COLLECT { MATCH (problem)<-[tie]-() RETURN DISTINCT type(tie) } AS into,
     COLLECT {
       MATCH (problem)-[:INVESTIGATES]->(element:Element)
       WHERE $all OR NOT element:CI OR any(label IN labels(element) WHERE label IN $types)
       RETURN {key: element.key, service: element:Service} ORDER BY element.key
     } AS suspected
RETURN problem {.key, .title, .category, .source, .priority, .status, .created_at, .closed_at, .due_at} AS record,
       head([(problem)-[:OWNED_BY]->(owner:Record) | owner.key]) AS owner,
       COLLECT {
         UNWIND [each IN suspected WHERE each.service | each.key]
           + reduce(found = [], each IN [(problem)<-[:CAUSED_BY]-(incident:Incident) | coalesce(incident.services, [])] | found + each) AS key
         RETURN DISTINCT key ORDER BY key
       } AS services,
       [each IN suspected | each.key] AS elements,
       COLLECT {
         MATCH (problem)<-[:EXPLAINS]-(cause:ProblemCause {status: 'confirmed'})-[:LIES_IN]->(element:Element)
         WHERE $all OR NOT element:CI OR any(label IN labels(element) WHERE label IN $types)
         RETURN DISTINCT element.key ORDER BY element.key
       } AS causes,
       COLLECT {
         MATCH (problem)<-[:KNOWN_FROM]-(known:KnownError)
         RETURN known {.key, .title, .created_at, .closed_at,
           helps: coalesce(known.workaround, '') <> '' OR EXISTS { (known)<-[:HELPS_AGAINST]-(:Workaround {status: 'active'}) }}
         ORDER BY known.created_at, known.id
       } AS known,
       COLLECT {
         MATCH (problem)<-[:CHANGED {op: 'unrelate', type: 'OWNED_BY'}]-(entry:LedgerEntry)
         RETURN entry.at
       } AS handed_on,
       [name IN rule.fields WHERE coalesce(toStringOrNull(problem[name]), CASE WHEN problem[name] IS NULL THEN '' ELSE 'some' END) = '']
       + [tie IN rule.out WHERE NOT tie.type IN out | tie.name]
       + [tie IN rule.into WHERE NOT tie.type IN into | tie.name] AS lacks
ORDER BY problem.id
