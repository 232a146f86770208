// csi.changes_by_type (read)
// Changes whose outcome was told in a period, by type. A row for each type.
//
// $since  str  beginning of the period, in the stored form; included
// $until  str  its end; not included
// -> type     str        the type that they were dealt with as
// -> changes  int        how many there were
// -> failed   list[str]  keys of those that failed or were undone, or did not do what they were for
//
// seek    -
// budget  1 s for a hundred thousand
// why     Changes that fail by kind are an opportunity (PR14.1).
MATCH (change:Change)
WHERE change.ends_at >= $since AND change.ends_at < $until AND change.outcome IS NOT NULL
WITH change ORDER BY change.key
WITH coalesce(change.type, 'normal') AS type, change,
     change.outcome IN ['failed', 'backed_out']
       OR EXISTS { (change)<-[:REVIEWS]-(:PostImplementationReview {aim_met: false}) } AS fails
RETURN type, count(change) AS changes, collect(CASE WHEN fails THEN change.key END) AS failed
ORDER BY type
