// chm.feed_by_key (read)
// A feed of the schedule of changes by key.
//
// $key  str  key
// -> feed  map  its properties
//
// seek    calendar_feed_key
// budget  1 ms
// why     One read before one write.
MATCH (feed:CalendarFeed {key: $key})
RETURN properties(feed) AS feed
