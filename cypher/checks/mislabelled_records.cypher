// checks.mislabelled_records (read)
// Records whose labels do not name one kind, live or retired as their property says. One row for each.
//
// $live     list[str]  labels of live kinds
// $retired  list[str]  labels of retired ones
// $limit    int        most that are told
// -> told  str  key or id, and the labels
//
// seek    -
// budget  2 s for 1,000,000
// why     Lists, constraints and the ledger go by labels.
MATCH (record:Record)
WITH record,
     size([label IN labels(record) WHERE label IN $live]) AS live,
     size([label IN labels(record) WHERE label IN $retired]) AS gone
WHERE live + gone <> 1 OR (live = 1) <> (record.retired IS NULL)
RETURN coalesce(record.key, record.id, elementId(record)) + ': ' + reduce(all = '', label IN labels(record) | all + ' ' + label) AS told
LIMIT $limit
