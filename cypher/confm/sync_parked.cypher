// confm.sync_parked (read)
// Parked rows in the order of their keys. One row.
//
// $scope    str        key of the scope; null: of all
// $sources  list[str]  of these sources only; null: of all
// $types    list[str]  of these CI types, or of none; null: of all
// $after    str        key after which the page begins, or empty
// $limit    int        most of them
// -> total  int        how many there are in all pages
// -> rows   list[map]  properties with {source, scope}
//
// seek    -
// budget  30 ms for 10,000 rows
// allow   CartesianProduct: of two single rows, the count and the page
// why     A row that could not go in is mended by a person.
CALL () {
  MATCH (scope:SyncScope)-[:PARKED]->(row:ParkedRow)
  WHERE ($scope IS NULL OR scope.key = $scope)
    AND ($sources IS NULL OR scope.source IN $sources)
    AND ($types IS NULL OR row.type = '' OR row.type IN $types)
  RETURN count(row) AS total
}
CALL () {
  MATCH (scope:SyncScope)-[:PARKED]->(row:ParkedRow)
  WHERE ($scope IS NULL OR scope.key = $scope)
    AND ($sources IS NULL OR scope.source IN $sources)
    AND ($types IS NULL OR row.type = '' OR row.type IN $types)
    AND row.key > $after
  WITH scope, row ORDER BY row.key LIMIT $limit
  RETURN collect(row { .*, source: scope.source, scope: scope.key }) AS rows
}
RETURN total, rows
