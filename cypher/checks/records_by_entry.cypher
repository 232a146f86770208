// checks.records_by_entry (read)
// How many records each entry is said to have created.
//
// -> created  int  number of the entry, or null
// -> records  int  how many name it
// -> example  str  key or id of one
//
// seek    -
// budget  2 s for 1,000,000
// why     Nothing is ever deleted: an entry's list and the records that name it are as many.
MATCH (record:Record)
RETURN record.created AS created, count(*) AS records, min(coalesce(record.key, record.id)) AS example
