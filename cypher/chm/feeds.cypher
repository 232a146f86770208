// chm.feeds (read)
// All feeds of the schedule of changes. One row.
//
// -> feeds  list[map]  their properties, the oldest first
//
// seek    -
// budget  5 ms for a thousand
// why     Whoever minds the machine sees what is fetched, and by which key to end it.
RETURN COLLECT { MATCH (feed:CalendarFeed) RETURN properties(feed) ORDER BY feed.id LIMIT 10000 } AS feeds
