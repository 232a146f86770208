// chm.feed_by_hint (read)
// A feed of the schedule of changes by the beginning of its secret. No row where there is none.
//
// $hint  str  first characters of the secret
// -> feed    map  its properties
// -> secret  str  digest kept for it; null where there is none
//
// seek    calendar_feed_hint credential_id
// budget  1 ms
// why     Whether an address is right is known before anything is looked for (PR12.6).
MATCH (feed:CalendarFeed {hint: $hint})
OPTIONAL MATCH (credential:Credential {id: feed.id})
RETURN properties(feed) AS feed, credential.secret AS secret
