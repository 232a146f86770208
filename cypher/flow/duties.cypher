// flow.duties (read)
// How every job went last, and who holds the lease. Collected.
//
// -> duties  list[map]  properties of each
//
// seek    -
// budget  3 ms
// why     There are a dozen.
MATCH (duty:Duty)
RETURN collect(properties(duty)) AS duties
