// checks.duplicates (read)
// Values that more than one record has, of those that must be unique. One row for each.
//
// $unique  list[list[str]]  [label, property]
// $limit   int              most that are told
// -> told  str  label, property and value
//
// seek    -
// budget  5 s for 1,000,000; asked only while a constraint is missing
// why     What came in while there was no constraint keeps it from being made again.
MATCH (record:Record)
UNWIND [pair IN $unique WHERE pair[0] IN labels(record) AND record[pair[1]] IS NOT NULL] AS pair
WITH pair, record[pair[1]] AS value, count(*) AS times
WHERE times > 1
RETURN pair[0] + '.' + pair[1] + ' ' + toString(value) AS told
LIMIT $limit
