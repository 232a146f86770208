"""What relations carry, in the form in which it is stored whoever writes it."""

from collections.abc import Mapping
from typing import Any

from fitsm_graph.kernel.clock import stored_moment
from fitsm_graph.kernel.errors import BadInput


def stored_tie(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Properties of a relation that are in order, as they are stored whoever writes them.

    >>> stored_tie({"weight": 2, "verified_at": "2026-11-23T08:30:00Z"})
    {'weight': 2, 'verified_at': '2026-11-23T08:30:00.000000Z'}
    """
    moment = properties.get("verified_at")
    if moment is None:
        return dict(properties)
    return {**properties, "verified_at": stored_moment(moment)}


def is_moment(value: Any) -> bool:
    """Whether a value names a moment."""
    try:
        return isinstance(value, str) and bool(stored_moment(value))
    except BadInput:
        return False
