// rdm.cycle_context (read)
// Releases of the cycle of a strategy. One row.
//
// $strategy  str  name of the strategy
// $at        str  the moment
// -> last   str  the last moment of the cycle that one of them stands for, or null
// -> ahead  int  how many stand for moments to come, and were not given up
//
// seek    release_cycle_of
// budget  3 ms
// why     The next one begins a cycle after the last, and each is planned once. Moments are those of
//         the keys, as `release schedule` moves a release, and not the cycle.
OPTIONAL MATCH (release:Release {cycle_of: $strategy})
WITH release, last(split(release.cycle_key, '/')) AS moment
RETURN max(moment) AS last,
       sum(CASE WHEN moment > $at AND release.closed_at IS NULL THEN 1 ELSE 0 END) AS ahead
