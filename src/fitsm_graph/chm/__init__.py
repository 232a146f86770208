"""Change Management (PR12)."""
