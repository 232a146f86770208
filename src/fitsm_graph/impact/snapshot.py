"""The topology in memory: loaded from the graph, kept fresh from the ledger, saved, wound back.

One version is immutable, so that all parts of an answer agree. A question costs one statement
that asks where the ledger stands; only what was touched since is read and laid over.
"""

import asyncio
import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fitsm_graph.graph import feed
from fitsm_graph.graph.changes import Change
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.history import GraphImage
from fitsm_graph.impact import changes, disturbances, store
from fitsm_graph.impact.analysis import ImpactReport, baseline, impact
from fitsm_graph.impact.disturbances import Disturbance, Disturbances, Known
from fitsm_graph.impact.engine.solution import Solution
from fitsm_graph.impact.folding import Folding
from fitsm_graph.impact.loading import Loader
from fitsm_graph.impact.mapped import Mapped, map_topology
from fitsm_graph.impact.own import OwnStates
from fitsm_graph.impact.reading import add_elements, add_relations, semantics, topology_changes
from fitsm_graph.impact.recent import DEFINITIONS, Recent, images_of, of_disturbances
from fitsm_graph.impact.records import TopologyChange
from fitsm_graph.impact.scenario import WhatIf
from fitsm_graph.impact.topology import from_loader
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.kernel.errors import BadInput, Broken
from fitsm_graph.model.registry import TypeRegistry

PAGE = 10_000
AT_ONCE = 2
"""Pages of relations that are read at once: one is taken while the database is at the other."""
Page = Mapping[str, Any]


@dataclass(slots=True)
class _Held:
    """What all views of one snapshot share."""

    registry: TypeRegistry
    lock: asyncio.Lock
    standing: "Standing | None" = None
    folding: Folding = field(default_factory=Folding)
    loads: int = 0
    refreshes: int = 0
    followed: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """One version of the topology with its baseline.

    Attributes:
        seq: The last ledger entry it shows.
        own: Own states in force.
        before: The baseline's solution.
        known: What gives elements own states, also what begins only later.
        until: When one of them begins or ends next, UTC text; None: never.
        registry: The types in force.
    """

    seq: int
    mapped: Mapped
    own: OwnStates
    before: Solution
    known: Known
    until: str | None
    registry: TypeRegistry
    memo: dict[str, ImpactReport] = field(default_factory=dict, repr=False, compare=False)

    def unharmed(self) -> ImpactReport:
        """The report of nothing happening, from which states as they are can be read."""
        if "unharmed" not in self.memo:
            report = impact(self.mapped, self.own, WhatIf(), before=self.before)
            self.memo["unharmed"] = report
        return self.memo["unharmed"]

    def is_good(self, seq: int, at: str) -> bool:
        """Whether it shows an entry and the own states of a moment."""
        return self.seq >= seq and (self.until is None or at < self.until)


class Snapshot:
    """The topology of one graph, for one registry.

    Args:
        graph: Where it comes from.
        registry: Says what relations mean.
        file: Where it is saved between starts; None: nowhere.
    """

    def __init__(self, graph: Graph, registry: TypeRegistry, file: Path | None = None) -> None:
        self._graph = graph
        self._file = file
        self._seen: int | None = None
        self._held = _Held(registry, asyncio.Lock())
        self._recent = Recent(lambda name: name in self._held.registry.relationship_types)
        graph.on_commit(self._note)

    @property
    def loads(self) -> int:
        """How often the whole topology was read from the graph."""
        return self._held.loads

    @property
    def refreshes(self) -> int:
        """How often it was brought up to date from the ledger."""
        return self._held.refreshes

    @property
    def followed(self) -> int:
        """How often it was brought up to date by what this process itself wrote."""
        return self._held.followed

    def _note(self, seq: int, changes: Sequence[Change]) -> None:
        """Remember what this process wrote, where there is a version that can follow it."""
        if self._held.standing is not None:
            self._recent.note(seq, changes)

    def seen(self, seq: int) -> "Snapshot":
        """The same snapshot for one request that has asked already where the ledger stands.

        Args:
            seq: What it has seen: answers show it, and no statement asks again.
        """
        view = copy.copy(self)
        view._seen = seq  # noqa: SLF001 - a copy of this very object
        return view

    async def current(self, at_least: int | None = None) -> Standing:
        """The topology as of now; loaded or brought up to date where it is not.

        Args:
            at_least: Ledger entry the answer must show; waited for a second at most.
        """
        if self._seen is None or (at_least or 0) > self._seen:
            return await self._brought_to(await self._graph.at_least(at_least))
        return await self._brought_to(self._seen)

    async def _brought_to(self, seq: int) -> Standing:
        """The topology at an entry or later, with the own states of now."""
        held, now = self._held, self._now()
        if held.standing is not None and held.standing.is_good(seq, now):
            return held.standing
        async with held.lock:
            if held.standing is None:
                held.standing = await self._first()
            if held.standing.seq < seq:
                told = await self._followed(held.standing, seq)
                held.standing = told or await self._refreshed(held.standing)
            if not held.standing.is_good(seq, now):  # a window has begun or ended
                held.standing = self._stand(held.standing.mapped, held.standing.known)
            return held.standing

    async def as_of(self, seq: int, at: str | None = None) -> Standing:
        """The topology as it was after a ledger entry, undone from now.

        Args:
            seq: The entry.
            at: The moment at which windows are looked at, UTC text; None: the entry's own.
        """
        for _ in range(feed.TRIES):
            last, then, present = await feed.difference(self._graph, seq)
            now = await self.current(last)
            moment = at or await feed.moment_of(self._graph, seq)
            found = await self._were_in_force(then, present, last, moment)
            if now.seq != last or found is None:
                continue  # somebody wrote meanwhile
            if seq >= last:
                return self._stand(now.mapped, Known(found), moment)
            steps = list(topology_changes(then, present, self._relation_types()))
            undone = await asyncio.to_thread(_undone, now.mapped, steps, seq)
            return self._stand(undone, Known(found), moment)
        raise feed.busy()

    async def adopt(self, registry: TypeRegistry) -> None:
        """Take another registry; where relations mean something else by it, load anew.

        The next question waits for the load: none is answered with an outdated meaning.
        """
        async with self._held.lock:
            if semantics(registry) != semantics(self._held.registry):
                self._held.standing = None
                self._held.folding.forget()
            self._held.registry = registry

    async def save(self) -> None:
        """Write the topology to its file, so that the next start is fast."""
        if self._file is not None and self._held.standing is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            mapped = self._held.standing.mapped
            entry = await feed.hash_of(self._graph, mapped.version)
            await asyncio.to_thread(store.save, mapped, self._file, entry=entry or "")

    async def _first(self) -> Standing:
        if self._file is not None and self._file.exists():
            try:
                mapped = await asyncio.to_thread(
                    store.restore, self._file, registry=self._held.registry.version
                )
            except (Broken, BadInput):
                return await self._load()  # a file is a cache: a damaged one is read anew
            entry = await asyncio.to_thread(store.entry_of, self._file)
            if entry == await feed.hash_of(self._graph, mapped.version):
                return await self._woken(mapped)
        return await self._load()

    async def _woken(self, mapped: Mapped) -> Standing:
        """A saved topology brought to where the ledger stands, with what is in force there."""
        for _ in range(feed.TRIES):
            last, then, now = await feed.difference(self._graph, mapped.version)
            if _redefined(now):
                break
            seq, found = await self._in_force()
            if seq == last:
                steps = list(topology_changes(then, now, self._relation_types()))
                return self._stand(
                    await self._held.folding.after(mapped, steps, last), Known(found)
                )
        return await self._load()

    async def _load(self) -> Standing:
        self._held.loads += 1

        async def read(_seq: int) -> tuple[Loader, Disturbances]:
            return await self._read_all(), await self._read_in_force(self._now())

        seq, (loader, found) = await feed.stable(self._graph, read)
        version = self._held.registry.version
        mapped = await asyncio.to_thread(
            lambda: map_topology(from_loader(loader, version=seq, registry=version))
        )
        return self._stand(mapped, Known(found))

    async def _read_all(self) -> Loader:
        loader = Loader(semantics(self._held.registry))
        places = await self._elements(loader)
        waiting = iter(places)

        async def some() -> None:
            for after in waiting:  # who is done takes the next page: their order is of no matter
                page = await self._page("impact.relations_page", after)
                await asyncio.to_thread(add_relations, loader, page)

        tasks = [asyncio.create_task(some()) for _ in range(AT_ONCE)]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
        return loader

    async def _elements(self, loader: Loader) -> list[str]:
        """Read all elements, in their order; returns after which id each page begins.

        The database is at the next page while one is taken.
        """
        places = [""]
        page = await self._page("impact.elements_page", "")
        while page["last"] is not None:
            places.append(page["last"])
            coming = asyncio.create_task(self._page("impact.elements_page", page["last"]))
            try:
                await asyncio.to_thread(add_elements, loader, page)
                page = await coming
            finally:
                coming.cancel()
        return places[:-1]

    async def _page(self, name: str, after: str) -> Page:
        return (await self._graph.rows(name, after=after, limit=PAGE))[0]

    async def _followed(self, old: Standing, seq: int) -> Standing | None:
        """A version after entries that this process wrote; None where they do not tell all."""
        told = self._recent.since(old.seq, seq)
        if told is None:
            return None
        last, changes = told
        theirs = of_disturbances(changes)
        ids = disturbances.named_by(theirs)
        found = disturbances.followed(old.known.of(ids), theirs)
        if found is None:
            return None
        self._held.followed += 1
        steps = list(topology_changes(*images_of(changes), self._relation_types()))
        mapped = await self._held.folding.after(old.mapped, steps, last)
        return self._stand(mapped, old.known.turned(ids, found))

    async def _refreshed(self, old: Standing) -> Standing:
        self._held.refreshes += 1
        for _ in range(feed.TRIES):
            last, then, now = await feed.difference(self._graph, old.seq)
            found = await self._still_in_force(old, then, now, last)
            if found is not None:
                steps = list(topology_changes(then, now, self._relation_types()))
                return self._stand(await self._held.folding.after(old.mapped, steps, last), found)
        raise feed.busy()

    # --- own states ------------------------------------------------------------------------

    def _stand(self, mapped: Mapped, known: Known, at: str | None = None) -> Standing:
        """A version with the own states of a moment; time does not go back on their line."""
        at = at or self._now()
        known = known.at(at)
        left = known.left.values()
        own = OwnStates.at((cause for one in left for cause in one.causes), at)
        until, before = disturbances.next_edge(left, at), baseline(mapped, own)
        return Standing(mapped.version, mapped, own, before, known, until, self._held.registry)

    def _now(self) -> str:
        return to_text(self._graph.clock.now())

    async def _read_in_force(self, after: str) -> Disturbances:
        return _by_id(await self._graph.rows("impact.disturbances", after=after))

    async def _in_force(self) -> tuple[int, Disturbances]:
        return await feed.stable(self._graph, lambda _seq: self._read_in_force(self._now()))

    async def _touched(self, ids: Iterable[str]) -> tuple[int, list[dict[str, Any]]]:
        wanted = sorted(ids)
        return await feed.stable(
            self._graph, lambda _seq: self._graph.rows("impact.disturbances_by_id", ids=wanted)
        )

    async def _still_in_force(
        self, old: Standing, then: GraphImage, now: GraphImage, last: int
    ) -> Known | None:
        """What is in force after some were touched; None when the ledger has moved on.

        What the ledger tells is not read again: beside many writers that would seldom be of the
        same entry. What was over for long is not known here, and is read.
        """
        touched = disturbances.touched(then, now)
        found, unknown = dict(old.known.of(touched)), set[str]()
        for id in touched:
            try:
                after = disturbances.carried(id, found.pop(id, None), then, now)
            except KeyError:
                unknown.add(id)
                continue
            if after is not None:
                found[id] = after
        if unknown:
            seq, rows = await self._touched(unknown)
            if seq != last:
                return None
            found |= _by_id(row for row in rows if row["retired"] is None)
        return old.known.turned(touched, found)

    async def _were_in_force(
        self, then: GraphImage, now: GraphImage, last: int, at: str
    ) -> Disturbances | None:
        """What was not over at a moment before some were touched; None when somebody wrote."""
        ids = disturbances.touched(then, now)
        seq, found = await feed.stable(self._graph, lambda _seq: self._read_in_force(at))
        if seq != last:
            return None
        _, rows = await self._touched(ids) if ids else (last, [])
        were = [disturbances.rewound(one, then, now) for one in _by_id(rows).values()]
        untouched = {id: one for id, one in found.items() if id not in ids}
        return {**untouched, **{one.id: one for one in were if one is not None}}

    def _relation_types(self) -> frozenset[str]:
        return frozenset(self._held.registry.relationship_types)


def _undone(mapped: Mapped, steps: list[TopologyChange], version: int) -> Mapped:
    return mapped.followed(changes.undo(mapped.topology, steps, version), aside=True)


def _redefined(now: GraphImage) -> bool:
    """Whether types were defined anew, which changes what all relations mean."""
    return any(record.kind in DEFINITIONS for record in now.records.values())


def _by_id(rows: Iterable[Mapping[str, Any]]) -> Disturbances:
    return {row["id"]: Disturbance.of(row) for row in rows}
