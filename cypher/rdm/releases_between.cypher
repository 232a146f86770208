// rdm.releases_between (read)
// Releases whose outcome was known in a period, with their changes, waves and reviews, the first first.
//
// $since  str  the beginning, in the stored form
// $until  str  the end; likewise
// -> record   map        its properties
// -> owner    str        key of who answers for it; null: nobody
// -> changes  int        how many it contains
// -> waves    int        in how many it was deployed
// -> reviews  list[map]  {success, incidents} of its reviews: not those of single waves
//
// seek    -
// budget  100 ms for a thousand releases
// why     What was a success and what failed is told over all releases of a period (PR13.6).
MATCH (release:Release)
WHERE release.deployed_at >= $since AND release.deployed_at < $until
RETURN release {.key, .title, .type, .status, .outcome, .strategy, .failures, .planned_ends_at,
                .begun_at, .deployed_at} AS record,
       head([(release)-[:OWNED_BY]->(owner:Record) | owner.key]) AS owner,
       COUNT { (release)-[:CONTAINS]->(:Change) } AS changes,
       COUNT { (release)<-[:WAVE_OF]-(:Deployment) } AS waves,
       COLLECT {
         MATCH (release)<-[:EVALUATES]-(review:DeploymentReview)
         WITH review ORDER BY review.id
         RETURN review {.success, .incidents}
       } AS reviews
ORDER BY release.deployed_at, release.id
