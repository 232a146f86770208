// conformity.PR11.1 (read)
// The scope of configuration management is defined, with the types of CIs and relationships.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// $limit  int  most violations that are told
// -> checked     int        types, scopes, and CIs that were registered or changed in the period
// -> conforming  int        those that lack nothing
// -> violations  list[map]  {id, kind, key, indicator, why}
// -> evidence    map        how many records of which kind it rests on
//
// seek    -
// budget  3 s for 100,000 CIs
// why     Types are checked when they are defined, and the scope when something is registered; a
//         scope that says nothing or came later, and the use of a type that is to go, are seen only
//         afterwards.
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
}
WITH record, kind, [each IN checks WHERE each.fails] AS failed
WITH collect({record: record, kind: kind, failed: failed}) AS cases
RETURN size(cases) AS checked,
       size([one IN cases WHERE size(one.failed) = 0]) AS conforming,
       COLLECT {
         UNWIND cases AS one
         UNWIND one.failed AS each
         WITH one.record AS record, one.kind AS kind, each
         ORDER BY record.key LIMIT $limit
         RETURN {id: record.id, kind: kind, key: record.key, indicator: each.indicator, why: each.why}
       } AS violations,
       {types: size([one IN cases WHERE one.kind = 'CIType']), scopes: size([one IN cases WHERE one.kind = 'ConfigurationScope']), cis: size([one IN cases WHERE one.kind = 'CI'])} AS evidence
