// confm.cis_to_migrate (read)
// Live CIs that a step of a migration would change, by key. One row for each.
//
// $types  list[str]  CI types that steps are about
// $rules  list[map]  {types, name, when, values}: an attribute that is `absent`, `text`, one of some `values`, or `there`
// $limit  int        most of them
// -> element  map  its properties
//
// seek    ci_type_of
// budget  300 ms for 2,000 of 100,000 CIs
// why     What is migrated with its types is changed in the same entry (PR11.1).
MATCH (ci:CI)
WHERE ci.type IN $types AND ci.id IS NOT NULL AND any(rule IN $rules WHERE ci.type IN rule.types AND
  CASE rule.when
    WHEN 'absent' THEN coalesce(toStringOrNull(ci[rule.name]), CASE WHEN ci[rule.name] IS NULL THEN '' ELSE 'some' END) = ''
    WHEN 'text' THEN ci[rule.name] IS :: STRING NOT NULL
    WHEN 'values' THEN ci[rule.name] IN rule.values
    ELSE ci[rule.name] IS NOT NULL
  END)
WITH ci ORDER BY ci.key LIMIT $limit
RETURN properties(ci) AS element
