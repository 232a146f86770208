"""What discovery said of an element last, by the ledger: runs of sync say in it what they wrote.

A source speaks when its rows change. What somebody changed by hand after that stands against it,
until either says otherwise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fitsm_graph.model.record import BOOKKEEPING

NO_CLAIMS = frozenset({*BOOKKEEPING, "retired", "key", "type"})


class Seen(StrEnum):
    """How discovery and the record of an element stand to each other (PR11.5)."""

    AGREES = "agrees"
    DIFFERS = "differs"
    GONE = "gone"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Claims:
    """What sources said last.

    Attributes:
        seen: In a word.
        fields: Those in which what stands now is something else.
    """

    seen: Seen
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Write:
    """An entry that changed an element.

    Attributes:
        run: Key of the run of sync that it belongs to; empty: of none.
        before: The values that it replaced.
    """

    run: str
    before: Mapping[str, Any]


def claims_of(
    now: Mapping[str, Any], born_of: str, writes: Sequence[Write], *, proposed: bool = False
) -> Claims:
    """What sources said last of an element, held against what stands now.

    Args:
        now: Its properties.
        born_of: Key of the run that registered it; empty: somebody did.
        writes: What changed it since, oldest first.
        proposed: A source no longer has it, and nobody has decided on that.

    >>> claims_of({"cpu_count": 8}, "run/1", [Write("", {"cpu_count": 4})])
    Claims(seen=<Seen.DIFFERS: 'differs'>, fields=('cpu_count',))
    """
    value, said = dict(now), dict[str, Any]()
    for each in reversed(writes):
        for name, before in each.before.items():
            if each.run and name not in said:
                said[name] = value.get(name)
            value[name] = before
    if born_of:
        said = {**value, **said}
    said = {name: each for name, each in said.items() if name not in NO_CLAIMS}
    differing = tuple(sorted(name for name, each in said.items() if now.get(name) != each))
    if proposed:
        return Claims(Seen.GONE, differing)
    if not said:
        return Claims(Seen.UNKNOWN)
    return Claims(Seen.DIFFERS if differing else Seen.AGREES, differing)
