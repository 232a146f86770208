// checks.relations (read)
// What leads to what, counted.
//
// -> type        str        relationship type
// -> source      list[str]  labels of where it starts
// -> target      list[str]  labels of where it ends
// -> count       int        how many
// -> unentered   int        of these, without the number of an entry
// -> example     str        one of them
//
// seek    -
// budget  5 s for 4,000,000
// why     Neo4j lets any relation lead from anything to anything.
MATCH (source:Record)-[relation]->(target:Record)
RETURN type(relation) AS type, labels(source) AS source, labels(target) AS target, count(*) AS count,
       sum(CASE WHEN relation.created IS NULL THEN 1 ELSE 0 END) AS unentered,
       min(coalesce(source.key, source.id) + ' -> ' + coalesce(target.key, target.id)) AS example
