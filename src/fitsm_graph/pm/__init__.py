"""Problem Management (PR10)."""
