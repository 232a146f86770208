"""Redundancy-aware impact: a network of requirements, its states, proofs and single points.

The engine is pure: arrays go in and arrays come out, and nothing is read or written elsewhere.
"""
