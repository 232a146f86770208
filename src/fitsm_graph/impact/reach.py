"""What a disturbance does to services: the facts that priority and risk are decided on.

    reach = Reaches(await snapshot.current()).of({"…id…": Effect.DOWN})

The baseline is the estate without anything wrong with the elements themselves, so that a second
record about the same fault reaches as far as the first. Nothing is read here: a verb asks while it
holds the ledger, and bringing a snapshot up to date would wait for it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from fitsm_graph.impact import walks
from fitsm_graph.impact.analysis import ImpactReport, impact
from fitsm_graph.impact.engine import NO_MARGIN, proofs
from fitsm_graph.impact.explain import View
from fitsm_graph.impact.network import Level
from fitsm_graph.impact.own import OwnStates
from fitsm_graph.impact.records import KIND_LABELS, Kind
from fitsm_graph.impact.scenario import WhatIf
from fitsm_graph.impact.snapshot import Standing
from fitsm_graph.impact.topology import Topology
from fitsm_graph.impact.walks import Way, Ways
from fitsm_graph.model.disturbance import Effect

GONE = -1
"""Margin of a redundancy group that is DOWN by itself."""
_LONGEST_PATH = 20
NOT_CRITICAL = 0
"""Criticality of a service that has none."""


@dataclass(frozen=True, slots=True)
class ReachedService:
    """A service that gets worse.

    Attributes:
        criticality: 1 is the highest; 0 where there is none.
    """

    id: str
    key: str
    name: str
    before: Level
    after: Level
    criticality: int


@dataclass(frozen=True, slots=True)
class PathStep:
    """An element of a path by which a service gets worse.

    Attributes:
        key: Empty for a CI: not everybody who may read what is said of a service sees it.
    """

    key: str = ""
    name: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.key})" if self.key else "a CI"


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a disturbance reaches.

    Attributes:
        seq: Ledger entry that this was computed at.
        affected: Elements that get worse, the named ones included.
        services: Those that get worse: the worst first, then by criticality.
        margin: Fewest failures that a redundancy group which lost some can still bear; negative
            where it lost more; None where no group lost any.
        path: From the first of the services down to what is affected, as the proof has it.
    """

    seq: int
    affected: int
    services: tuple[ReachedService, ...]
    margin: int | None
    path: tuple[PathStep, ...] = ()

    @property
    def down(self) -> tuple[ReachedService, ...]:
        """Services that are DOWN by it."""
        return tuple(each for each in self.services if each.after is Level.DOWN)


def most_critical(services: Iterable[ReachedService]) -> int | None:
    """Criticality of the most critical of some services; None where none has any."""
    known = [each.criticality for each in services if each.criticality != NOT_CRITICAL]
    return min(known, default=None)


class Reaches:
    """Says how far disturbances reach.

    Args:
        standing: The topology and own states as they were a moment ago.
    """

    def __init__(self, standing: Standing) -> None:
        self._standing = standing

    @property
    def standing(self) -> Standing:
        """The topology and own states that all of it is computed on."""
        return self._standing

    def of(self, effects: Mapping[str, Effect], record: str = "") -> Reach:
        """What elements do to services in the state that a disturbance puts them into.

        Args:
            effects: By id of the element; ids that are not in the topology count for none.
            record: Key of the disturbance, where it is in force already: what it said until now
                is set aside.
        """
        standing = self._standing
        there = self._there(effects)
        own = standing.own.without_record(record) if record else standing.own
        if any(own.of_element(id) for id in there):
            own = own.changed(there, ())
        return self._reach(there, own)

    def alone(self, effects: Mapping[str, Effect]) -> Reach:
        """The same where nothing else is wrong: for what outlives the incidents of today.

        Args:
            effects: By id of the element; ids that are not in the topology count for none.
        """
        return self._reach(self._there(effects), OwnStates.of(()))

    def cone(self, elements: Iterable[str]) -> frozenset[str]:
        """Ids of all that gets worse when some elements go DOWN, themselves among it.

        Args:
            elements: Ids; those that are not in the topology count for none.
        """
        there = self._there(dict.fromkeys(elements, Effect.DOWN))
        report = self._report(there, OwnStates.of(()))
        topology = report.laid.topology
        return frozenset(topology.id(int(number)) for number in report.affected.number)

    def around(self, elements: Iterable[str], hops: int, most: int) -> list[str]:
        """Ids of what gets worse when some elements go DOWN, and of what they depend on.

        Args:
            elements: Ids; those that are not in the topology count for none, and are not told.
            hops: How far down to look.
            most: Ids that are told; those that they depend on the nearest first, then the others.
        """
        topology, given = self._standing.mapped.topology, set(elements)
        numbers = [number for number in map(topology.find, sorted(given)) if number >= 0]
        walked = walks.reach(Ways(topology, Way.UPSTREAM), np.asarray(numbers, np.int32), hops)
        below = [topology.id(int(number)) for number in walked.elements]
        found = dict.fromkeys((*below, *sorted(self.cone(given))))
        return [each for each in found if each not in given][:most]

    def kinds(self, elements: Iterable[str]) -> frozenset[str]:
        """What some elements are: their kinds, types of CIs, and types that these inherit from.

        Args:
            elements: Ids; those that are not in the topology count for none.
        """
        topology, registry = self._standing.mapped.topology, self._standing.registry
        found: set[str] = set()
        for number in {topology.find(id) for id in elements} - {-1}:
            found.add(KIND_LABELS[int(topology.elements.kind[number])])
            type = topology.types[int(topology.elements.type[number])]
            found |= {type, *registry.lineage(type)} if type in registry.ci_types else set()
        return frozenset(found)

    def _there(self, effects: Mapping[str, Effect]) -> dict[str, Effect]:
        find = self._standing.mapped.topology.find
        return {id: how for id, how in effects.items() if find(id) >= 0}

    def _reach(self, there: Mapping[str, Effect], own: OwnStates) -> Reach:
        report = self._report(there, own)
        seq = self._standing.seq
        return Reach(seq, len(report.affected), _services(report), _margin(report), _path(report))

    def _report(self, there: Mapping[str, Effect], own: OwnStates) -> ImpactReport:
        standing = self._standing
        named = WhatIf(
            fail=_named(there, Effect.DOWN),
            degrade=_named(there, Effect.DEGRADED),
            at_risk=_named(there, Effect.AT_RISK),
        )
        before = standing.before if own is standing.own else None
        return impact(standing.mapped, own, named, before=before)


class Remembering(Reaches):
    """The same, which keeps what it has said: plans are held against the same other work.

    Args:
        reaching: What says it; what it knows does not change.
    """

    def __init__(self, reaching: Reaches) -> None:
        super().__init__(reaching.standing)
        self._said: dict[frozenset[tuple[str, Effect]], Reach] = {}
        self._cones: dict[frozenset[str], frozenset[str]] = {}

    def alone(self, effects: Mapping[str, Effect]) -> Reach:
        """What elements do to services where nothing else is wrong."""
        key = frozenset(effects.items())
        if key not in self._said:
            self._said[key] = super().alone(effects)
        return self._said[key]

    def cone(self, elements: Iterable[str]) -> frozenset[str]:
        """Ids of all that gets worse when some elements go DOWN, themselves among it."""
        key = frozenset(elements)
        if key not in self._cones:
            self._cones[key] = super().cone(key)
        return self._cones[key]


def _named(effects: Mapping[str, Effect], wanted: Effect) -> tuple[str, ...]:
    return tuple(id for id, effect in effects.items() if effect == wanted)


def _services(report: ImpactReport) -> tuple[ReachedService, ...]:
    view, rows, found = View(report), report.services, []
    for number, before, after in zip(rows.number, rows.before, rows.after, strict=True):
        face = view.face(int(number))
        levels = Level(int(before)), Level(int(after))
        found.append(ReachedService(face.id, face.key, face.name, *levels, face.criticality))
    return tuple(found)


def _margin(report: ImpactReport) -> int | None:
    """A group that is DOWN has nothing left, whatever brought it there."""
    kinds, found = report.laid.topology.elements.kind, []
    for rows in (report.affected, report.exposed):
        for row in np.flatnonzero(kinds[rows.number] == Kind.GROUP):
            margin = int(rows.margin_after[row])
            if rows.after[row] == Level.DOWN:
                found.append(min(margin, GONE) if margin != NO_MARGIN else GONE)
            elif margin != NO_MARGIN:
                found.append(margin)
    return min(found, default=None)


def _path(report: ImpactReport) -> tuple[PathStep, ...]:
    """How the first service gets worse: each time by the first lost member that gets worse itself.

    So what was bad before is passed over where anything else carries the proof.
    """
    if not len(report.services):
        return ()
    proven, worse = proofs(report.after), set(report.affected.number.tolist())
    way = [int(report.services.number[0])]
    while len(way) < _LONGEST_PATH:
        proof = proven.of(way[-1])
        next_ones = [each for each in proof.because if each not in way] if proof else []
        if not next_ones:
            break
        way.append(next((each for each in next_ones if each in worse), next_ones[0]))
    topology = report.laid.topology
    return tuple(_step(topology, number) for number in way)


def _step(topology: Topology, number: int) -> PathStep:
    return (
        PathStep() if topology.kind(number) is Kind.CI else PathStep(*topology.key_and_name(number))
    )
