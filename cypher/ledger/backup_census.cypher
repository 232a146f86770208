// ledger.backup_census (read)
// How many nodes and relations there are, by what the product knows of. One row.
//
// -> nodes      int  all nodes
// -> relations  int  all relations
// -> known      map  nodes by label
// -> kept       map  relations that are no relations between records, by type
//
// seek    -
// budget  5 ms
// why     Every figure comes from the store's own counts. A backup that holds another number of
//         records, entries or relations than there are is no backup.
// allow   Eager: independent counts, one after the other
RETURN COUNT { () } AS nodes,
       COUNT { ()-->() } AS relations,
       {records: COUNT { (:Record) }, entries: COUNT { (:LedgerEntry) }, head: COUNT { (:LedgerHead) },
        keys: COUNT { (:IdempotencyKey) }, credentials: COUNT { (:Credential) },
        migrations: COUNT { (:Migration) }, scopes: COUNT { (:SyncScope) },
        buckets: COUNT { (:HashBucket) }, runs: COUNT { (:RunState) }, chunks: COUNT { (:RunChunk) },
        parked: COUNT { (:ParkedRow) }, marks: COUNT { (:RestoreMark) }} AS known,
       {changed: COUNT { ()-[:CHANGED]->() }, indexes: COUNT { ()-[:INDEXES]->() },
        ran: COUNT { ()-[:RAN]->() }, took: COUNT { ()-[:TOOK]->() }, parked: COUNT { ()-[:PARKED]->() }} AS kept
