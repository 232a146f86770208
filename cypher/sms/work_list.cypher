// sms.work_list (read)
// What fell due and is to be seen to, the longest due first. One row.
//
// $parties  list[str]  ids of persons and groups who are to see to it; null: whoever that is
// $process  str        the process that it belongs to; null: any
// $limit    int        most that are told
// -> due    list[map]  {reminder, owner}: properties, and {id, key, name, kind} of who is to see to it
// -> total  int        how many there are
//
// seek    -
// budget  20 ms for 10,000 reminders
// why     Who is responsible sees what is to be done (GR5.2); what is settled is among them until then.
CALL () {
  MATCH (reminder:Reminder)
  WHERE reminder.closed_at IS NULL AND coalesce(reminder.of_process = $process, true)
    AND ($parties IS NULL OR EXISTS { MATCH (reminder)-[:OWNED_BY]->(party:Record) WHERE party.id IN $parties })
  RETURN collect(reminder) AS open
}
RETURN size(open) AS total,
       COLLECT {
         UNWIND open AS reminder
         WITH reminder ORDER BY reminder.due_at, reminder.key LIMIT $limit
         OPTIONAL MATCH (reminder)-[:OWNED_BY]->(owner:Record)
         WITH reminder, head(collect(owner)) AS owner
         RETURN {reminder: properties(reminder),
                 owner: CASE WHEN owner IS NULL THEN null
                   ELSE owner {.id, .key, .name, kind: CASE WHEN owner:Group THEN 'Group' ELSE 'Person' END} END}
         ORDER BY reminder.due_at, reminder.key
       } AS due
