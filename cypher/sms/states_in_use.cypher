// sms.states_in_use (read)
// How many live records of a kind stand in each state. One row for each state.
//
// $record  str  kind of record
// -> status   str  state
// -> count    int  records in it
// -> example  str  key of one of them
//
// seek    -
// budget  100 ms for 100,000
// why     A life without a state in which records stand would leave them without a way on.
MATCH (record:Record&$($record))
RETURN record.status AS status, count(*) AS count, min(record.key) AS example
