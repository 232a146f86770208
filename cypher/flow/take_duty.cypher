// flow.take_duty (write)
// Gives the scheduler's lease to whoever asks, where nobody else holds it. One row.
//
// $holder  str  who asks
// $now     str  UTC
// $until   str  when the lease would end, UTC
// -> held   bool  whether the asker holds it now
// -> fence  int   raised whenever it passes on
//
// seek    duty_key
// budget  3 ms
// outside a lease is nothing that happened; what its holder does stands in the ledger
// allow   Eager: it is written to before its end is read, and that is meant
// why     What is due is done once, however many replicas there are. The node is written to before
//         its end is read, so that two who ask at once are told one after the other.
MERGE (duty:Duty {key: 'scheduler'})
SET duty.asked_at = $now
WITH duty, coalesce(duty.until, '') <= $now OR duty.holder = $holder AS free
FOREACH (_ IN CASE WHEN free THEN [1] ELSE [] END |
  SET duty.fence = coalesce(duty.fence, 0) + CASE WHEN duty.holder = $holder THEN 0 ELSE 1 END,
      duty.holder = $holder, duty.until = $until)
RETURN duty.holder = $holder AS held, duty.fence AS fence
