// flow.deliveries (read)
// Messages to everybody, the newest first. One row.
//
// $statuses  list[str]  in which they stand
// $before    str        id of the last one that is known; null: from the newest on
// $limit     int        most that are shown
// -> deliveries  list[map]  properties of each
// -> total       int        how many there are altogether
//
// seek    delivery_age
// budget  20 ms for 1,000
// allow   CartesianProduct: of two rows
// why     Ids rise with time, so that they are the order and the cursor.
CALL () {
  MATCH (delivery:Delivery)
  WHERE delivery.status IN $statuses AND delivery.created_at > ''
  RETURN count(delivery) AS total
}
CALL () {
  MATCH (delivery:Delivery)
  WHERE delivery.status IN $statuses AND delivery.created_at > ''
    AND ($before IS NULL OR delivery.id < $before)
  WITH delivery ORDER BY delivery.id DESC LIMIT $limit
  RETURN collect(properties(delivery)) AS deliveries
}
RETURN deliveries, total
