"""Release and Deployment Management (PR13)."""
