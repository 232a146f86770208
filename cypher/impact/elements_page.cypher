// impact.elements_page (read)
// Live elements after an id, in order of ids: one page, as columns.
//
// $after  str  last id of the page before, or ''
// $limit  int  page size
// -> last         str         last id of the page, or null at the end
// -> ids          list[str]   opaque ids
// -> keys         list[str]   human keys
// -> names        list[str]   names
// -> kinds        list[str]   kind of each
// -> types        list[str]   CI type, or ''
// -> planned      list[bool]  planned ones support nothing
// -> sources      list[bool]  supply begins there
// -> criticality  list[int]   of services, else 0
// -> groups       list[map]   properties of the redundancy groups among them
//
// seek    record_id
// budget  150 ms for 10,000
// why     One record for ten thousand elements: records are what costs on the way.
MATCH (element:Record)
WHERE element.id > $after AND element:Element
WITH element ORDER BY element.id LIMIT $limit
RETURN max(element.id) AS last,
       collect(element.id) AS ids,
       collect(element.key) AS keys,
       collect(element.name) AS names,
       collect(CASE WHEN element:CI THEN 'CI' WHEN element:RedundancyGroup THEN 'RedundancyGroup'
                    WHEN element:Service THEN 'Service' ELSE 'ServiceComponent' END) AS kinds,
       collect(coalesce(element.type, '')) AS types,
       collect(element.lifecycle = 'planned') AS planned,
       collect(element.is_source) AS sources,
       collect(coalesce(element.criticality, 0)) AS criticality,
       collect(CASE WHEN element:RedundancyGroup THEN properties(element) END) AS groups
