"""Own states: what is wrong with elements themselves, from the records that say so.

An element's own state at a time is the worst of its causes in force (design section 4): open
incidents, a change in progress, a maintenance window, an assumption of a scenario. Windows are
half-open and evaluated at the time asked; without any cause the own state is UP.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from fitsm_graph.impact.network import Bytes, Level
from fitsm_graph.impact.topology import Topology


class Because(StrEnum):
    """What kind of record puts an element into its own state."""

    INCIDENT = "incident"
    CHANGE = "change"
    MAINTENANCE = "maintenance"
    ASSUMPTION = "assumption"


@dataclass(frozen=True, slots=True)
class OwnCause:
    """One reason for an element's own state.

    Attributes:
        element: Id of the element.
        level: How bad it is.
        cause: Kind of record.
        record: Key of the record, such as ``INC-000123``; empty for assumptions.
        text: What a person reads, such as the incident's title.
        starts: In force from this moment on, UTC text; None: always has been.
        ends: In force until before this moment; None: no end is known.
    """

    element: str
    level: Level
    cause: Because
    record: str = ""
    text: str = ""
    starts: str | None = None
    ends: str | None = None

    def in_force(self, at: str) -> bool:
        """Whether it counts at a time: from ``starts`` on, before ``ends``."""
        started = self.starts is None or self.starts <= at
        return started and (self.ends is None or at < self.ends)


@dataclass(frozen=True, slots=True)
class OwnStates:
    """Causes in force at one time, by element id; the worst first, then by record."""

    causes: Mapping[str, tuple[OwnCause, ...]] = field(default_factory=dict)

    @classmethod
    def at(cls, causes: Iterable[OwnCause], time: str) -> "OwnStates":
        """Keep the causes in force at a moment, UTC text in the stored form."""
        return cls.of(cause for cause in causes if cause.in_force(time))

    @classmethod
    def of(cls, causes: Iterable[OwnCause]) -> "OwnStates":
        """Take causes as they are, whatever their windows."""
        found: dict[str, list[OwnCause]] = {}
        for cause in causes:
            found.setdefault(cause.element, []).append(cause)
        for rows in found.values():
            if len(rows) > 1:  # most elements have one; all are looked at with each incident
                rows.sort(key=lambda c: (-c.level, c.cause, c.record, c.text))
        return cls({element: tuple(found[element]) for element in sorted(found)})

    def of_element(self, element: str) -> tuple[OwnCause, ...]:
        """Causes of one element, the worst first."""
        return self.causes.get(element, ())

    def level(self, element: str) -> Level:
        """Own state of one element."""
        causes = self.of_element(element)
        return causes[0].level if causes else Level.UP

    def changed(self, drop: Iterable[str], add: Iterable[OwnCause]) -> "OwnStates":
        """Other own states: without any cause of some elements, with more causes."""
        dropped = set(drop)
        kept = {e: rows for e, rows in self.causes.items() if e not in dropped}
        more = list(add)
        beside = [c for e in {each.element for each in more} for c in kept.get(e, ())]
        return OwnStates(dict(sorted({**kept, **OwnStates.of([*more, *beside]).causes}.items())))

    def without_record(self, record: str) -> "OwnStates":
        """Other own states: without what one record says."""
        return OwnStates.of(
            cause for rows in self.causes.values() for cause in rows if cause.record != record
        )

    def levels(self, topology: Topology) -> Bytes:
        """Own state of each element number, uint8; causes of elements that are gone are left."""
        levels = np.zeros(topology.size, np.uint8)
        numbers = topology.find_all(list(self.causes))
        there, worst = numbers >= 0, [causes[0].level for causes in self.causes.values()]
        levels[numbers[there]] = np.array(worst, np.uint8)[there]
        return levels
