// ledger.mask_images (write)
// Replaces personal values in earlier images of one record by their digests. One row.
//
// $id      str        the record
// $images  list[map]  {seq, before}: entry and the masked image, canonical JSON
// -> masked  int  images replaced
//
// seek    record_id
// budget  5 ms
// outside digests stand for the values
// why     Erasing must reach what the ledger kept; digests stay, so that the chain still holds.
MATCH (record:Record {id: $id})
UNWIND $images AS image
MATCH (record)<-[changed:CHANGED]-(entry:LedgerEntry {seq: image.seq})
WHERE changed.target IS NULL
SET changed.before = image.before
RETURN count(*) AS masked
