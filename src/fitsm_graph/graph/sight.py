"""What somebody sees of all there is, and what they may write of it (decision 0005)."""

from collections.abc import Iterable

Sight = frozenset[str] | None
"""CI types that a principal sees; None: all."""
Sources = frozenset[str] | None
"""Sources of sync that a principal may write, and nothing else; None: no such limit."""


def sees(sight: Sight, labels: Iterable[str]) -> bool:
    """Whether somebody sees a live record with some labels; a CI's type is one of them."""
    held = set(labels)
    return sight is None or "CI" not in held or bool(held & sight)
