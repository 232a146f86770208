// confm.estate_at (read)
// All live elements with their relations and owners, and what was done since an entry. One row.
//
// $at        str        a moment, UTC text: the entry is the last one up to it; null: `since` says
// $since     int        number of the entry, where no moment is given
// $services  list[str]  ids or keys of services
// $owners    list[str]  ids or keys of persons and groups
// -> seq        int              number of the entry; null: nothing was recorded yet
// -> hash       str              of that entry; null: none
// -> elements   list[list[any]]  [id, labels, {version, created, type, key, retired, lifecycle}]
// -> relations  list[list[any]]  [source, type, target, properties] among them, and to owners
// -> entries    list[map]        {entry, changed} of those after it, newest first
// -> services   list[map]        {ref, id, kind}; none for a reference to nothing
// -> owners     list[map]        {ref, id}
//
// seek    ledger_entry_at ledger_entry_seq element_key record_id person_key group_key
// budget  1 s for 100,000 elements
// why     What a selection holds follows from the graph as it was: relations to services and owners
//         come and go. Values of attributes stay where they are: versions stand for them.
// allow   Eager: independent collections, one after the other
CALL () {
  OPTIONAL MATCH (entry:LedgerEntry)
  WHERE entry.at <= $at
  WITH entry ORDER BY entry.at DESC, entry.seq DESC LIMIT 1
  RETURN coalesce(entry.seq, $since) AS seq, entry.hash AS hash
}
RETURN seq, hash,
       COLLECT {
         MATCH (element:Element)
         RETURN [element.id, labels(element), element {.version, .created, .type, .key, .retired, .lifecycle}]
       } AS elements,
       COLLECT {
         MATCH (element:Element)-[relation]->(other:Record)
         WHERE other:Element OR type(relation) = 'OWNED_BY'
         RETURN [element.id, type(relation), other.id, properties(relation)]
       } AS relations,
       COLLECT {
         MATCH (entry:LedgerEntry)
         WHERE entry.seq > seq
         WITH entry ORDER BY entry.seq DESC
         RETURN {
           entry: entry {.seq, .created_records, .created_relations},
           changed: COLLECT {
             MATCH (entry)-[changed:CHANGED]->(record:Record)
             RETURN [record.id, labels(record), changed.op, changed.before, changed.type, changed.target,
                     record {.version, .created, .type, .key, .retired, .lifecycle}]
           }
         }
       } AS entries,
       COLLECT {
         UNWIND $services AS ref
         CALL (ref) {
           MATCH (element:Element {key: ref})
           RETURN element
           UNION
           MATCH (element:Record&Element {id: ref})
           RETURN element
         }
         RETURN {ref: ref, id: element.id, kind: CASE WHEN element:Service THEN 'Service' ELSE '' END}
       } AS services,
       COLLECT {
         UNWIND $owners AS ref
         CALL (ref) {
           MATCH (owner:Person {key: ref}) RETURN owner
           UNION
           MATCH (owner:Group {key: ref}) RETURN owner
           UNION
           MATCH (owner:Record {id: ref}) WHERE owner:Person OR owner:Group RETURN owner
         }
         RETURN {ref: ref, id: owner.id}
       } AS owners
