"""The requirements of FitSM-1 that verbs, guards and findings name: GR1–GR7, PR9–PR14."""

_COUNTS = {
    "GR": {1: 3, 2: 4, 3: 2, 4: 2, 5: 2, 6: 2, 7: 2},
    "PR": {9: 6, 10: 4, 11: 5, 12: 6, 13: 6, 14: 3},
}

REQUIREMENTS = tuple(
    f"{letters}{number}.{each}"
    for letters, groups in _COUNTS.items()
    for number, count in groups.items()
    for each in range(1, count + 1)
)
"""Identifiers in the order of the standard."""
