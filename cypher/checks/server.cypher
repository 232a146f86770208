// checks.server (read)
// Which Neo4j answers. One row.
//
// -> version  str  such as 2026.08.1
// -> edition  str  community or enterprise
//
// seek    -
// budget  5 ms
// why     Statements are written for what versions 5.26 and later have in common.
CALL dbms.components() YIELD name, versions, edition
WHERE name = 'Neo4j Kernel'
RETURN versions[0] AS version, edition
