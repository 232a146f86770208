// confm.sweep_context (read)
// Changes of controlled fields of elements after what was swept before, some entries at once. One row.
//
// $last        int  number of the last entry
// $most        int  entries at once
// $controlled  map  names of controlled fields by CI type, or by kind for what is no CI
// -> since     int        the entry up to which was swept
// -> until     int        the entry up to which this goes
// -> found     list[map]  {seq, at, actor, change, verb, id, labels, type, before}, oldest first
// -> elements  list[map]  {id, now, changes, later, deviations}: changes that alter it, {seq, before}
//                         of entries oldest first, and {fields, entry, open} of deviations that the
//                         ledger showed
//
// seek    sweep_key ledger_entry_seq policy_kind_name
// budget  50 ms for 200 entries
// why     A change of a controlled field is covered by an approved change at its time (PR11.4). Nobody
//         is judged by a rule that was not in force: the first sweep begins where the rule first was.
OPTIONAL MATCH (sweep:Sweep {key: 'deviations'})
WITH coalesce(sweep.seq, head(COLLECT {
       MATCH (policy:Policy {kind: 'configuration-control', name: 'default'})
       WHERE policy.approved_at IS NOT NULL
       RETURN min(policy.created)
     }), $last) AS since
WITH since, CASE WHEN since + $most < $last THEN since + $most ELSE $last END AS until
WITH since, until, COLLECT {
       MATCH (entry:LedgerEntry)
       WHERE since < entry.seq <= until
       MATCH (entry)-[changed:CHANGED]->(record:Record)
       WHERE changed.type IS NULL AND changed.op IN ['update', 'retire']
       WITH entry, changed, record,
            coalesce(record.type, replace(head([label IN labels(record) WHERE label <> 'Record' AND label <> 'Element']), 'Retired', '')) AS sort
       WHERE any(name IN $controlled[sort] WHERE changed.before CONTAINS '"' + name + '":')
       RETURN {seq: entry.seq, at: entry.at, actor: entry.actor, change: entry.change, verb: entry.verb,
               id: record.id, labels: labels(record), type: record.type, before: changed.before}
       ORDER BY entry.seq, record.id
     } AS found
RETURN since, until, found, COLLECT {
       UNWIND found AS each
       WITH DISTINCT each.id AS id
       MATCH (element:Record {id: id})
       RETURN {
         id: id,
         now: properties(element),
         changes: COLLECT {
           MATCH (element)<-[:CHANGES]-(change:Change)
           WHERE change.approved_at IS NOT NULL
           RETURN change {.key, .status, .approved_at, .closed_at, .starts_at, .ends_at, .planned_starts_at, .planned_ends_at}
         },
         later: COLLECT {
           MATCH (element)<-[changed:CHANGED]-(entry:LedgerEntry)
           WHERE changed.type IS NULL
           RETURN {seq: entry.seq, before: changed.before} ORDER BY entry.seq
         },
         deviations: COLLECT {
           MATCH (element)<-[:DEVIATES_AT]-(deviation:Deviation {source: 'ledger'})
           RETURN {fields: deviation.fields, entry: deviation.entry, open: deviation.closed_at IS NULL}
         }
       }
     } AS elements
