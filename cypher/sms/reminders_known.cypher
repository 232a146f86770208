// sms.reminders_known (read)
// Which of some things were reminded of already, and all reminders that are open. One row.
//
// $identities  list[str]  matter, subject and time of each
// -> known  list[str]  identities of those that there is a reminder of, open or settled
// -> open   list[map]  {id, identity} of reminders that are open, the oldest first
//
// seek    reminder_identity
// budget  20 ms for a thousand
// why     What fell due is told once, and what is due no more is settled (GR5.2).
RETURN COLLECT {
         UNWIND $identities AS identity
         MATCH (reminder:Reminder {identity: identity})
         RETURN identity
       } AS known,
       COLLECT {
         MATCH (reminder:Reminder)
         WHERE reminder.closed_at IS NULL
         RETURN reminder {.id, .identity} ORDER BY reminder.id
       } AS open
