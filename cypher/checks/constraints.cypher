// checks.constraints (read)
// Constraints that are in force.
//
// -> name        str        its name
// -> type        str        kind of constraint
// -> labels      list[str]  labels
// -> properties  list[str]  properties
//
// seek    -
// budget  20 ms
// why     A constraint that is missing lets duplicates in without a word.
SHOW CONSTRAINTS YIELD name, type, labelsOrTypes, properties
RETURN name, type, labelsOrTypes AS labels, properties
