// conformity.PR11.1 (read)
// The scope of configuration management is defined, with the types of CIs and relationships.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// -> checked     int        types, scopes, sources, and CIs that were registered or changed in the period
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// seek    -
// budget  3 s for 100,000 CIs
// why     Types are checked when they are defined, and the scope when something is registered; a
//         scope that says nothing or came later, and the use of a type that is to go, are seen only
//         afterwards. So is what runs without being in the register of sources: a run is never refused.
CALL () {
  MATCH (scope:ConfigurationScope)
  RETURN scope AS record, 'ConfigurationScope' AS kind, [
    {fails: size(split(trim(scope.statement), ' ')) < 3,
     indicator: 'scope_unexplained', why: 'it hardly says what is in, what is out, and why'}
  ] AS checks
  UNION ALL
  MATCH (type:CIType)
  WHERE EXISTS { MATCH (:Element) }
  RETURN type AS record, 'CIType' AS kind, [
    {fails: NOT EXISTS { MATCH (:ConfigurationScope) },
     indicator: 'no_scope', why: 'no configuration scope says whether it is in'}
  ] AS checks
  UNION ALL
  MATCH (ci:CI)
  WHERE $since <= ci.updated_at < $until
  WITH ci, head(COLLECT { MATCH (type:CIType {key: ci.type}) RETURN type.definition }) AS definition
  RETURN ci AS record, 'CI' AS kind, [
    {fails: definition IS NULL, indicator: 'type_undefined', why: 'its type is not defined'},
    {fails: coalesce(definition CONTAINS '"deprecated":"', false) AND $since <= ci.created_at,
     indicator: 'type_deprecated', why: 'it was registered though its type is to go'},
    {fails: EXISTS { MATCH (:ConfigurationScope) } AND NOT EXISTS {
       MATCH (scope:ConfigurationScope) WHERE NOT ci.type IN scope.excluded_ci_types },
     indicator: 'out_of_scope', why: 'every configuration scope leaves its type out by now'}
  ] AS checks
  UNION ALL
  MATCH (run:SyncRun)
  WHERE $since <= run.created_at < $until
  WITH run ORDER BY run.created_at DESC, run.key
  WITH run.source AS name, collect(run)[0] AS run
  RETURN run AS record, 'SyncRun' AS kind, [
    {fails: NOT EXISTS { MATCH (source:ConfigurationSource) WHERE source.name = name
       AND (source.closed_at IS NULL OR source.closed_at > run.created_at) },
     indicator: 'source_unregistered', why: 'the source that it came from is not registered'}
  ] AS checks
  UNION ALL
  MATCH (source:ConfigurationSource)
  WHERE source.created_at < $until AND source.closed_at IS NULL
  RETURN source AS record, 'ConfigurationSource' AS kind, [
    {fails: NOT EXISTS { MATCH (source)-[:OWNED_BY]->(:Record) },
     indicator: 'source_unowned', why: 'nobody answers for what comes from it'}
  ] AS checks
}
WITH record, kind, [each IN checks WHERE each.fails | {indicator: each.indicator, why: each.why}] AS failed
ORDER BY record.key
WITH count(record) AS checked,
     sum(CASE WHEN size(failed) = 0 THEN 1 ELSE 0 END) AS conforming,
     sum(CASE kind WHEN 'CIType' THEN 1 ELSE 0 END) AS types,
     sum(CASE kind WHEN 'ConfigurationScope' THEN 1 ELSE 0 END) AS scopes,
     sum(CASE WHEN kind IN ['SyncRun', 'ConfigurationSource'] THEN 1 ELSE 0 END) AS sources,
     sum(CASE kind WHEN 'CI' THEN 1 ELSE 0 END) AS cis,
     collect(CASE WHEN size(failed) > 0 THEN [record, kind, failed] END) AS lacking
RETURN checked, conforming,
       COLLECT {
         UNWIND lacking AS one
         UNWIND one[2] AS each
         RETURN {id: one[0].id, kind: one[1], key: one[0].key, indicator: each.indicator, why: each.why}
         LIMIT $limit
       } AS violations,
       {types: types, scopes: scopes, sources: sources, cis: cis} AS evidence
