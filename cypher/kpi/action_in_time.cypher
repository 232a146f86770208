// kpi.action_in_time (read)
// Of the actions of improvements that were due in the period, those that were done by then.
//
// $since  str  beginning of the period, UTC; included
// $until  str  its end, UTC; not included
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    actions that were done no later than due
// -> denominator  int    actions that were due in the period, and not cancelled before
//
// process csi
// unit    share
// seek    -
// budget  5 s for 20,000 of them
// why     An action is a promise with a day.
MATCH (unit:ImprovementAction)
WHERE $since <= unit.due_at < $until
  AND NOT coalesce(unit.status = 'cancelled' AND unit.closed_at < unit.due_at, false)
WITH count(unit) AS denominator,
     sum(CASE WHEN unit.status = 'done' AND unit.closed_at <= unit.due_at THEN 1 ELSE 0 END) AS numerator
RETURN CASE WHEN denominator > 0 THEN toFloat(numerator) / denominator END AS value,
       numerator, denominator
