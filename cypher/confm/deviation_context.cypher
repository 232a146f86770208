// confm.deviation_context (read)
// A deviation by id or key with its element and what it was handed over to.
//
// $ref  str  id or key
// -> deviation  map        its properties
// -> element    str        id of the element, where that lives
// -> labels     list[str]  its labels
// -> led_to     list[str]  ids of the records that it was handed over to
//
// seek    process_record_key record_id
// budget  2 ms
// why     One read before one write.
CALL () {
  MATCH (deviation:ProcessRecord {key: $ref})
  WHERE deviation:Deviation
  RETURN deviation
  UNION
  MATCH (deviation:Record&Deviation {id: $ref})
  RETURN deviation
}
OPTIONAL MATCH (deviation)-[:DEVIATES_AT]->(element:Element)
RETURN properties(deviation) AS deviation, element.id AS element, labels(element) AS labels,
       COLLECT { MATCH (deviation)-[:LED_TO]->(other:Record) RETURN other.id } AS led_to
