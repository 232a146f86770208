// ledger.around (read)
// What leads to one record, as it is now: what is part of it, and what else. One row, or none.
//
// $id     str        the record
// $parts  list[str]  relationships by which a record is part of another
// -> near  list[list[any]]  [id of the other, whether it is a part, number of the entry that led it there]
//
// seek    record_id
// budget  5 ms
// why     A history of a record tells its comments and votes as well, and who refers to it.
MATCH (record:Record {id: $id})
RETURN COLLECT {
         MATCH (record)<-[link]-(other:Record)
         RETURN [other.id, type(link) IN $parts, link.created]
       } AS near
