"""Exit codes of commands that have done their work and have more to say than that."""

PARTIAL, CHANGES, GATE_FAILED, HELD = 7, 10, 20, 21
"""Rows refused or a part only, a plan has changes, a gate failed, held back."""
