// impact.relations_page (read)
// Relations whose source comes after an id: one page of sources, as columns.
//
// $after  str  last source of the page before, or ''
// $limit  int  how many sources
// -> last     str        last source of the page, or null at the end
// -> ids      list[str]  the sources
// -> sources  list[int]  for each relation, the place of its source among them
// -> types    list[str]  for each relation, its type, also of those the registry does not know
// -> targets  list[str]  for each relation, the id of its target
// -> own      list[any]  for each relation, what it says for itself of impact, or 0 for nothing
//
// seek    record_id
// budget  300 ms for 10,000
// why     Bulk: one record a page, and columns in it, for a list for each relation costs three
//         times as much on the way.
MATCH (source:Record)
WHERE source.id > $after AND source:Element
WITH source ORDER BY source.id LIMIT $limit
WITH max(source.id) AS last, collect(source) AS page, collect(source.id) AS ids
CALL (page) {
  UNWIND range(0, size(page) - 1) AS place
  WITH place, page[place] AS source
  MATCH (source)-[relation]->(target:Element)
  RETURN collect(place) AS sources, collect(type(relation)) AS types,
         collect(target.id) AS targets,
         collect(CASE WHEN coalesce(relation.strength, relation.grounded, relation.weight,
                                    relation.confidence, relation.verified_at) IS NULL THEN 0
                      ELSE relation {.strength, .grounded, .weight, .confidence, .verified_at}
                 END) AS own
}
RETURN last, ids, sources, types, targets, own
