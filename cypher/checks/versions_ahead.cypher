// checks.versions_ahead (read)
// Records that name a later entry than there is. One row for each.
//
// $head   int  last entry
// $limit  int  most that are told
// -> told  str  key or id
//
// seek    -
// budget  2 s for 1,000,000
// why     They came from elsewhere, or the ledger's tail was cut.
MATCH (record:Record)
WHERE record.version > $head OR record.retired > $head OR record.version < record.created
RETURN coalesce(record.key, record.id, elementId(record)) AS told
LIMIT $limit
