// checks.incomplete_records (read)
// Records that lack what their kind must have. One row for each.
//
// $mandatory  map  names of properties by label
// $limit      int  most that are told
// -> told  str  key or id, and what is missing
//
// seek    -
// budget  2 s for 1,000,000
// why     Community has no existence constraints.
MATCH (record:Record)
WITH record, [label IN labels(record) WHERE label IN keys($mandatory)] AS own
WITH record, [name IN coalesce($mandatory[own[0]], ['id', 'key']) WHERE record[name] IS NULL] AS missing
WHERE size(missing) > 0
RETURN coalesce(record.key, record.id, elementId(record)) + ': ' + missing[0] AS told
LIMIT $limit
