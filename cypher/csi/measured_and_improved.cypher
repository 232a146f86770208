// csi.measured_and_improved (read)
// What shows that processes are measured and improved: kept values, and improvements with their effect. One row.
//
// $since  str  beginning of the time that is looked at, UTC
// $until  str  its end; not included
// -> measured  list[list[any]]  [process, indicators of which values of two periods or more are kept that ended in it]
// -> improved  list[list[any]]  [process, improvements reviewed in it whose indicator was measured before and after]
//
// seek    -
// budget  50 ms for 5,000 values
// allow   Eager: independent collections, one after the other
// why     Level 3 is what is measured over periods, and improved with an effect that was measured (GR7).
RETURN COLLECT {
         MATCH (value:KPIValue)
         WHERE $since < value.until <= $until AND value.value IS NOT NULL
         WITH value.of_process AS process, value.kpi AS kpi, count(DISTINCT value.until) AS periods
         WHERE periods >= 2
         WITH process, count(kpi) AS indicators
         RETURN [process, indicators] ORDER BY process
       } AS measured,
       COLLECT {
         MATCH (improvement:Improvement)-[:SHOWN_BY]->(after:KPIValue)
         MATCH (improvement)-[:AIMS_AT]->(before:KPIValue {kpi: after.kpi})
         WHERE improvement.effect = 'improved' AND $since < after.until <= $until
         WITH after.of_process AS process, count(DISTINCT improvement) AS improvements
         RETURN [process, improvements] ORDER BY process
       } AS improved
