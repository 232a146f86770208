"""Filters over words of a closed, ordered set: kinds of element and computed states."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.text import did_you_mean


def among(
    given: Mapping[str, Any], known: Sequence[str], what: str, path: tuple[str | int, ...]
) -> list[str]:
    """Words of an ordered, closed set that a filter lets through."""
    for name, value in given.items():
        for each in value if isinstance(value, list) else [value]:
            if each is not None and str(each) not in known:
                raise BadInput(
                    f"there is no {what} '{str(each)[:60]}'",
                    remedy=did_you_mean(str(each)[:60], known),
                    path=(*path, name),
                )
    rank = {each: number for number, each in enumerate(known)}
    return [
        each
        for each in known
        if all(
            _ALLOWS[name](rank[each], value, rank)
            for name, value in given.items()
            if value is not None
        )
    ]


Ranks = Mapping[str, int]
"""Places of the words in their order."""
_ALLOWS: Mapping[str, Callable[[int, Any, Ranks], bool]] = {
    "eq": lambda each, value, rank: each == rank[str(value)],
    "ne": lambda each, value, rank: each != rank[str(value)],
    "in": lambda each, value, rank: each in {rank[str(v)] for v in value},
    "notIn": lambda each, value, rank: each not in {rank[str(v)] for v in value},
    "lt": lambda each, value, rank: each < rank[str(value)],
    "lte": lambda each, value, rank: each <= rank[str(value)],
    "gt": lambda each, value, rank: each > rank[str(value)],
    "gte": lambda each, value, rank: each >= rank[str(value)],
}
