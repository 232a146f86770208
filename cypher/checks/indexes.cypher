// checks.indexes (read)
// Indexes, those behind constraints among them.
//
// -> name        str        its name
// -> type        str        kind of index
// -> state       str        ONLINE where it is used
// -> labels      list[str]  labels, or null for the look-up of labels
// -> properties  list[str]  properties, or null
//
// seek    -
// budget  20 ms
// why     An index that is missing or failed makes answers slow, not wrong.
SHOW INDEXES YIELD name, type, state, labelsOrTypes, properties
RETURN name, type, state, labelsOrTypes AS labels, properties
