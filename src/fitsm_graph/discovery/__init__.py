"""Discovery: a source's file or API becomes a stream of observations; nothing here writes."""
