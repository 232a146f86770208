// isrm.incidents_between (read)
// Incidents that were registered before the end of a period and not over before its beginning.
//
// $since  str  the beginning, in the stored form
// $until  str  the end; likewise
// $types  list[str]  CI types that the reader sees
// $all    bool       it sees all of them
// $rule   map        what a good record says: {fields, out, into}
// -> record  map        its properties
// -> owner   str        key of who answers for it; null: nobody
// -> causes  list[str]  keys of the elements that its cause lay in
// -> handed_on  list[str]  when it was given from one owner to another, UTC
// -> lacks   list[str]  what it lacks of what a good record says
//
// seek    -
// budget  1 s for a hundred thousand
// why     A report looks at every incident of its period (PR9.5).
MATCH (incident:Incident)
WHERE incident.created_at < $until AND (incident.closed_at IS NULL OR incident.closed_at >= $since)
WITH incident, $rule AS rule,
     COLLECT { MATCH (incident)-[tie]->() RETURN DISTINCT type(tie) } AS out,
     COLLECT { MATCH (incident)<-[tie]-() RETURN DISTINCT type(tie) } AS into
RETURN incident {.key, .title, .category, .priority, .status, .services, .services_down, .cause,
                 .closure_code, .starts_at, .ends_at, .created_at, .responded_at, .resolved_at, .closed_at, .response_due_at,
                 .resolution_due_at, .reopened, .major_since} AS record,
       head([(incident)-[:OWNED_BY]->(owner:Record) | owner.key]) AS owner,
       COLLECT {
         MATCH (incident)-[:CAUSED_IN]->(element:Element)
         WHERE $all OR NOT element:CI OR any(label IN labels(element) WHERE label IN $types)
         RETURN element.key ORDER BY element.id
       } AS causes,
       COLLECT {
         MATCH (incident)<-[:CHANGED {op: 'unrelate', type: 'OWNED_BY'}]-(entry:LedgerEntry)
         RETURN entry.at
       } AS handed_on,
       [name IN rule.fields WHERE coalesce(toStringOrNull(incident[name]), CASE WHEN incident[name] IS NULL THEN '' ELSE 'some' END) = '']
       + [tie IN rule.out WHERE NOT tie.type IN out | tie.name]
       + [tie IN rule.into WHERE NOT tie.type IN into | tie.name] AS lacks
ORDER BY incident.id
