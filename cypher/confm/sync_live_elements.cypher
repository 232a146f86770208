// confm.sync_live_elements (read)
// A page of live elements in the order of their keys. One row.
//
// $after  str  key after which the page begins
// $limit  int  how many
// -> elements  list[list[any]]  [key, type or kind, name, id, version]
//
// seek    element_key
// budget  100 ms for 20,000
// why     The hash index knows digests; what vanished is found by passing over the keys once, and
//         only when something did.
RETURN COLLECT {
         MATCH (element:Element)
         WHERE element.key > $after
         WITH element ORDER BY element.key LIMIT $limit
         RETURN [element.key, coalesce(element.type, [label IN labels(element) WHERE NOT label IN ['Record', 'Element']][0]), element.name, element.id, element.version]
       } AS elements
