// confm.sources_of_name (read)
// The source of configuration information of a name that is in use, and who is to answer for it. One row.
//
// $called  str  what runs of it carry
// $owner   str  id or key of a person or group; empty: none is meant
// -> open   str  key of the one in use; null: none is
// -> owner  str  id of the person or group; null: nobody is called so
//
// seek    person_key group_key record_id
// budget  5 ms for a hundred sources
// why     A name belongs to one source at a time (PR11.1). There are few of them: none is looked up.
RETURN head(COLLECT {
         MATCH (source:ConfigurationSource)
         WHERE source.name = $called AND source.closed_at IS NULL
         RETURN source.key
       }) AS open,
       head(COLLECT {
         CALL () {
           MATCH (owner:Person {key: $owner}) RETURN owner
           UNION
           MATCH (owner:Group {key: $owner}) RETURN owner
           UNION
           MATCH (owner:Record {id: $owner}) WHERE owner:Person OR owner:Group RETURN owner
         }
         RETURN owner.id
       }) AS owner
