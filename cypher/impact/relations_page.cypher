// impact.relations_page (read)
// Relations whose source comes after an id, of some types: one page of sources, as columns.
//
// $after  str        last source of the page before, or ''
// $limit  int        how many sources
// $types  list[str]  relationship types of the registry
// -> last   str              last source of the page, or null at the end
// -> found  list[list[any]]  for each source: [type, target id, properties without created] each
// -> sources  list[str]      the sources in the same order
//
// seek    record_id
// budget  300 ms for 10,000
// why     Bulk: one record a page.
MATCH (source:Record)
WHERE source.id > $after AND source:Element
WITH source ORDER BY source.id LIMIT $limit
RETURN max(source.id) AS last,
       collect(source.id) AS sources,
       collect(COLLECT {
         MATCH (source)-[relation]->(target:Element)
         WHERE type(relation) IN $types
         RETURN [type(relation), target.id, relation.strength, relation.grounded, relation.weight,
                 relation.confidence, relation.verified_at]
       }) AS found
