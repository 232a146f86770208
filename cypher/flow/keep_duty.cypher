// flow.keep_duty (write)
// Keeps how a job went, if whoever did it still holds the lease. One row if so, else none.
//
// $holder  str  who did it
// $fence   int  of the lease it was done under
// $key     str  name of the job
// $state   map  when it began and ended, how it went, when it is due next, where it goes on
// -> key  str  name of the job
//
// seek    duty_key
// budget  3 ms
// outside when a job ran is nothing that happened; what it did stands in the ledger
// allow   Eager: the lease is read before the job is written, which has the same label
// why     A holder whose lease has passed on must not set a job back.
MATCH (lease:Duty {key: 'scheduler', holder: $holder, fence: $fence})
MERGE (duty:Duty {key: $key})
SET duty += $state
RETURN duty.key AS key
