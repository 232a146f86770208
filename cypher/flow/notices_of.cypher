// flow.notices_of (read)
// Messages to a person as shown in the product, the newest first. One row.
//
// $person  str   id of the person
// $before  str   id of the last one that is known; null: from the newest on
// $unread  bool  only those that were not read
// $limit   int   most that are shown
// -> deliveries  list[map]  properties of each
// -> total       int        how many there are altogether
//
// seek    delivery_person
// budget  10 ms for 100
// allow   CartesianProduct: of two rows
// why     Ids rise with time, so that they are the order and the cursor.
CALL () {
  MATCH (delivery:Delivery {person: $person})
  WHERE delivery.id > '' AND delivery.channel = 'in_app'
    AND (NOT $unread OR delivery.read_at IS NULL)
  RETURN count(delivery) AS total
}
CALL () {
  MATCH (delivery:Delivery {person: $person})
  WHERE delivery.id > '' AND delivery.channel = 'in_app'
    AND (NOT $unread OR delivery.read_at IS NULL)
    AND ($before IS NULL OR delivery.id < $before)
  WITH delivery ORDER BY delivery.id DESC LIMIT $limit
  RETURN collect(properties(delivery)) AS deliveries
}
RETURN deliveries, total
