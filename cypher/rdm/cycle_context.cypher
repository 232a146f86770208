// rdm.cycle_context (read)
// Releases of the cycle of a strategy. One row.
//
// $strategy  str  name of the strategy
// $at        str  the moment
// -> last   str  when the last of them was planned to begin, or null
// -> ahead  int  how many are still to begin, and were not given up
//
// seek    release_cycle_of
// budget  3 ms
// why     The next one begins a cycle after the last, and each is planned once.
OPTIONAL MATCH (release:Release {cycle_of: $strategy})
RETURN max(release.planned_starts_at) AS last,
       sum(CASE WHEN release.planned_starts_at > $at AND release.closed_at IS NULL THEN 1 ELSE 0 END) AS ahead
