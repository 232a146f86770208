"""Incident and Service Request Management (PR9)."""
