// checks.needless_groups (read)
// Redundancy groups that do not say how many of their members are enough. One row for each.
//
// $limit  int  most that are told
// -> told  str  keys
//
// seek    -
// budget  1 s for 100,000
// why     Nobody can guess it, and impact cannot be computed without it.
MATCH (group:RedundancyGroup)
WHERE group.need IS NULL AND group.need_share IS NULL
RETURN coalesce(group.key, group.id, elementId(group)) AS told
LIMIT $limit
