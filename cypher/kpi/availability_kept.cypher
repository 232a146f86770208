// kpi.availability_kept (read)
// Of the services whose availability is agreed on, those of which each time of an agreement that ended in the
// period was kept.
//
// $until  str  end of the period, UTC; not included
// $from   str  beginning of the first time of an agreement that ends in the period, UTC
// -> value        float  in the unit; null where there is nothing to measure
// -> numerator    int    services of agreements that were there for as much of their service time as promised
// -> denominator  int    services of agreements of which a day, week, month, quarter or year ended in the
//                        period; one in two agreements counts twice
// -> rows         list[map]  incidents that took services down: {services, services_down, starts_at, ends_at, status}
//
// process isrm
// unit    share
// known   what is agreed on, and which services an incident took down
// seek    -
// budget  5 s for 20,000 incidents
// why     A promise to a customer is kept or not, however many incidents there were. Service time is of the
//         calendar that the agreement names, so that it is counted beside the statement.
MATCH (incident:Incident)
WHERE incident.services_down > 0 AND incident.starts_at < $until
  AND (incident.ends_at IS NULL OR incident.ends_at > $from)
WITH incident ORDER BY incident.id
WITH collect(incident {.services, .services_down, .starts_at, .ends_at, .status}) AS rows
RETURN null AS value, 0 AS numerator, 0 AS denominator, rows
