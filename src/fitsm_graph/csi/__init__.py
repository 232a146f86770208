"""Continual Service Improvement Management (PR14)."""
