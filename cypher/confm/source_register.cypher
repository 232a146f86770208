// confm.source_register (read)
// Sources of configuration information, the runs of each name, and what these registered. One row.
//
// $sources  list[str]  names that the reader may look at; null: all
// $counted  bool       whether elements are counted, which takes a look at each of them
// $all      bool       whether everything is seen
// $types    list[str]  CI types that are seen
// -> registered  list[map]  {source, owner}: properties of each that is in use or was, and {id, key, name, kind} of who answers for it
// -> runs        list[map]  {name, runs, completed, begun}: how many are known of it, and {key, at, status} of the last ones
// -> elements    list[map]  {name, count}: live ones that its runs registered
//
// seek    ledger_entry_seq
// budget  30 ms for 1,000 runs; 1 s more for 100,000 elements that are counted
// why     The register of sources says who answers for what comes from where, and what runs without being
//         in it (PR11.1). An element names the entry it was made in, and that the run.
RETURN COLLECT {
         MATCH (source:ConfigurationSource)
         WHERE $sources IS NULL OR source.name IN $sources
         OPTIONAL MATCH (source)-[:OWNED_BY]->(owner:Record)
         WITH source, head(collect(owner)) AS owner
         RETURN {source: properties(source),
                 owner: CASE WHEN owner IS NULL THEN null
                   ELSE owner {.id, .key, .name, kind: CASE WHEN owner:Group THEN 'Group' ELSE 'Person' END} END}
         ORDER BY source.key
       } AS registered,
       COLLECT {
         MATCH (state:RunState)
         WHERE state.mode <> 'revert' AND ($sources IS NULL OR state.source IN $sources)
         WITH state ORDER BY state.begun_at, state.key
         WITH state.source AS name, collect(state {.key, .status, at: state.begun_at}) AS begun,
              collect(CASE state.status WHEN 'completed' THEN state {.key, .status, at: state.ended_at} END) AS completed
         RETURN {name: name, runs: size(begun), begun: begun[-1], completed: completed[-1]}
         ORDER BY name
       } AS runs,
       CASE WHEN $counted THEN COLLECT {
         MATCH (element:Element)
         WHERE $all OR element.type IS NULL OR element.type IN $types
         WITH element.created AS seq, count(*) AS made
         MATCH (entry:LedgerEntry {seq: seq})
         WHERE entry.run IS NOT NULL
         WITH split(entry.run, '/')[0] AS name, sum(made) AS made
         WHERE $sources IS NULL OR name IN $sources
         RETURN {name: name, count: made}
       } ELSE [] END AS elements
