// confm.keep_sweep (write)
// Notes up to which entry deviations were looked for.
//
// $seq  int  its number
//
// seek    sweep_key
// budget  1 ms
// outside how far a sweep is: nothing that happened, and done again it finds the same
// why     The next sweep goes on from there.
MERGE (sweep:Sweep {key: 'deviations'})
SET sweep.seq = $seq
