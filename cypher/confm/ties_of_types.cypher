// confm.ties_of_types (read)
// Relations of some types between elements that are seen, by the key of their source. One row.
//
// $relations  list[str]  relationship types
// $all        bool       whether everything is seen
// $seen       list[str]  CI types that are seen
// $limit      int        most of them
// -> ties  list[list[any]]  [type, source, target]: {id, key, name, type, labels} of each end
//
// seek    -
// budget  2 s for 200,000 relations
// why     What relations a relationship type no longer allows is told before it is in force (PR11.1).
CALL () {
  MATCH (source:Element)-[tie]->(target:Element)
  WHERE type(tie) IN $relations
    AND ($all OR source.type IS NULL OR source.type IN $seen)
    AND ($all OR target.type IS NULL OR target.type IN $seen)
  RETURN source, tie, target ORDER BY source.key, target.key LIMIT $limit
}
RETURN collect([type(tie), source {.id, .key, .name, .type, labels: labels(source)},
                target {.id, .key, .name, .type, labels: labels(target)}]) AS ties
