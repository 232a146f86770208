// ledger.mask_images (write)
// Replaces personal values in earlier images of records by their digests, and drops the outcomes
// kept for idempotency keys that tell of them. One row.
//
// $erasures  list[map]  {id, since, images}: record, when it was created, [{seq, before}, …] of
//                       entries with masked images, canonical JSON
// -> masked  int  images replaced
//
// seek    record_id idempotency_key_at
// budget  5 ms, and 100 ms for 100,000 keys that are younger than the record
// outside digests stand for the values, and keys are no records
// why     Erasing must reach what the ledger and the keys kept; digests stay, so that the chain
//         still holds, and the keys stay, so that a repeat does not bring the values back.
// allow   Eager: keys and images are found before they are changed
UNWIND $erasures AS erased
CALL (erased) {
  MATCH (key:IdempotencyKey)
  WHERE key.at >= erased.since AND key.outcome CONTAINS erased.id
  REMOVE key.outcome, key.digest
}
CALL (erased) {
  MATCH (:Record {id: erased.id})<-[changed:CHANGED]-(entry:LedgerEntry)
  WHERE changed.target IS NULL
  WITH changed, [image IN erased.images WHERE image.seq = entry.seq | image.before] AS texts
  WHERE size(texts) = 1
  SET changed.before = texts[0]
  RETURN count(*) AS masked
}
RETURN sum(masked) AS masked
