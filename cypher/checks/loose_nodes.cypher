// checks.loose_nodes (read)
// Nodes that carry the label of a kind and are no records. One row for each.
//
// $labels  list[str]  labels of kinds, live and retired
// $limit   int        most that are told
// -> told  str  key or id, and the labels
//
// seek    -
// budget  2 s for 1,000,000
// why     They show up in lists, and no verb can change them.
// allow   AllNodesScan: what lacks a label is found by no index
MATCH (node)
WHERE NOT node:Record AND any(label IN labels(node) WHERE label IN $labels)
RETURN coalesce(node.key, node.id, elementId(node)) + ': ' + labels(node)[0] AS told
LIMIT $limit
