// confm.sync_chunk (read)
// A chunk of a run, if it was taken in. One row or none.
//
// $key  str  of the chunk
// -> digest  str  of what it held
// -> answer  str  what was answered, JSON
//
// seek    run_chunk_key
// budget  1 ms
// why     A repeated chunk is answered as it was the first time.
MATCH (chunk:RunChunk {key: $key})
RETURN chunk.digest AS digest, chunk.answer AS answer
