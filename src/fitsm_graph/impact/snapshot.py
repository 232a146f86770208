"""The topology in memory: loaded from the graph, kept fresh from the ledger, saved, wound back.

One version is immutable, so that all parts of an answer agree. A question costs one statement
that asks where the ledger stands; only what was touched since is read and laid over.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fitsm_graph.graph import feed
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.history import GraphImage, RecordImage
from fitsm_graph.impact import changes, store
from fitsm_graph.impact.analysis import baseline
from fitsm_graph.impact.base import PLANNED, SOURCE
from fitsm_graph.impact.engine.solution import Solution
from fitsm_graph.impact.loading import Loader
from fitsm_graph.impact.mapped import Mapped, map_topology
from fitsm_graph.impact.own import OwnStates
from fitsm_graph.impact.records import (
    ElementRow,
    GroupNeed,
    Kind,
    RelationRow,
    RelationSemantics,
    TopologyChange,
    strength_of,
)
from fitsm_graph.impact.topology import from_loader
from fitsm_graph.kernel.clock import from_text
from fitsm_graph.kernel.errors import BadInput, Broken
from fitsm_graph.model.confm import ELEMENT_KINDS
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.model.registry_types import document

PAGE = 10_000
_DEFINITIONS = frozenset({"CIType", "RelationshipType"})
_INHERIT = -1


@dataclass(frozen=True, slots=True)
class Standing:
    """One version of the topology with its baseline.

    Attributes:
        seq: The last ledger entry it shows.
        own: Own states in force.
        before: The baseline's solution.
    """

    seq: int
    mapped: Mapped
    own: OwnStates
    before: Solution


class Snapshot:
    """The topology of one graph, for one registry.

    Args:
        graph: Where it comes from.
        registry: Says what relations mean.
        file: Where it is saved between starts; None: nowhere.
    """

    def __init__(self, graph: Graph, registry: TypeRegistry, file: Path | None = None) -> None:
        self._graph = graph
        self._registry = registry
        self._file = file
        self._standing: Standing | None = None
        self._lock = asyncio.Lock()
        self.loads = 0
        self.refreshes = 0

    async def current(self, at_least: int | None = None) -> Standing:
        """The topology as of now; loaded or brought up to date where it is not.

        Args:
            at_least: Ledger entry the answer must show; waited for a second at most.
        """
        seq = await self._graph.at_least(at_least)
        if self._standing is not None and self._standing.seq >= seq:
            return self._standing
        async with self._lock:
            if self._standing is None:
                self._standing = await self._first()
            if self._standing.seq < seq:
                self._standing = await self._refreshed(self._standing)
            return self._standing

    async def as_of(self, seq: int) -> Standing:
        """The topology as it was after a ledger entry, undone from now."""
        now = await self.current()
        if seq >= now.seq:
            return now
        last, then, present = await feed.difference(self._graph, seq)
        if last != now.seq:
            now = await self.current(last)
            if last != now.seq:
                return await self.as_of(seq)
        steps = list(_changes(then, present, self._relation_types()))
        return _standing(
            await asyncio.to_thread(
                lambda: now.mapped.followed(
                    changes.undo(now.mapped.topology, steps, seq), aside=True
                )
            ),
            seq,
        )

    async def reload(self, registry: TypeRegistry) -> None:
        """Forget everything and take another registry; the next question loads anew."""
        async with self._lock:
            self._registry = registry
            self._standing = None

    async def save(self) -> None:
        """Write the topology to its file, so that the next start is fast."""
        if self._file is not None and self._standing is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            await asyncio.to_thread(store.save, self._standing.mapped, self._file)

    async def _first(self) -> Standing:
        if self._file is not None and self._file.exists():
            try:
                mapped = await asyncio.to_thread(
                    store.restore, self._file, registry=self._registry.version
                )
            except (Broken, BadInput):
                return await self._load()  # a file is a cache: a damaged one is read anew
            head = (await self._graph.head()).seq
            if mapped.version <= head:
                return _standing(mapped, mapped.version)
        return await self._load()

    async def _load(self) -> Standing:
        self.loads += 1

        async def read(_seq: int) -> Loader:
            return await self._read_all()

        seq, loader = await feed.stable(self._graph, read)
        mapped = await asyncio.to_thread(
            lambda: map_topology(from_loader(loader, version=seq, registry=self._registry.version))
        )
        return _standing(mapped, seq)

    async def _read_all(self) -> Loader:
        loader = Loader(_semantics(self._registry))
        after = ""
        while True:
            page = (await self._graph.rows("impact.elements_page", after=after, limit=PAGE))[0]
            if not page["ids"]:
                break
            _add_elements(loader, page)
            after = page["ids"][-1]
        after = ""
        types = self._relation_types()
        while True:
            page = (
                await self._graph.rows(
                    "impact.relations_page", after=after, limit=PAGE, types=sorted(types)
                )
            )[0]
            if page["last"] is None:
                return loader
            _add_relations(loader, page)
            after = page["last"]

    async def _refreshed(self, old: Standing) -> Standing:
        self.refreshes += 1
        last, then, now = await feed.difference(self._graph, old.seq)
        if any(record.kind in _DEFINITIONS for record in now.records.values()):
            from_here = await self._load()
            return from_here if from_here.seq >= last else await self._load()
        steps = list(_changes(then, now, self._relation_types()))
        return _standing(await asyncio.to_thread(_laid_over, old.mapped, steps, last), last)

    def _relation_types(self) -> frozenset[str]:
        return frozenset(self._registry.relationship_types)


def _laid_over(mapped: Mapped, steps: list[TopologyChange], version: int) -> Mapped:
    after = mapped.followed(changes.follow(mapped.topology, steps, version))
    return after.compacted() if after.wants_compaction else after


def _standing(mapped: Mapped, seq: int) -> Standing:
    own = OwnStates()
    return Standing(seq, mapped, own, baseline(mapped, own))


def _semantics(registry: TypeRegistry) -> tuple[RelationSemantics, ...]:
    return tuple(
        RelationSemantics.read(
            {
                **document(each),
                "name": name,
                "symmetric": each.symmetric,
                "needed_by": _spread(each.needed_by, registry),
            }
        )
        for name, each in registry.relationship_types.items()
    )


def _spread(names: Sequence[str], registry: TypeRegistry) -> list[str]:
    """Kinds, and CI types with their subtypes."""
    return sorted(
        {
            found
            for name in names
            for found in (registry.subtypes(name) if name in registry.ci_types else (name,))
        }
    )


# --- rows of pages -------------------------------------------------------------------------------


def _add_elements(loader: Loader, page: Mapping[str, Any]) -> None:
    loader.add_elements(
        page["ids"],
        keys=page["keys"],
        names=page["names"],
        kinds=[Kind.of(kind) for kind in page["kinds"]],
        types=page["types"],
        flags=[
            PLANNED * planned + SOURCE * bool(source)
            for planned, source in zip(page["planned"], page["sources"], strict=True)
        ],
        criticality=page["criticality"],
        groups={group["id"]: _group(group) for group in page["groups"]},
    )


def _add_relations(loader: Loader, page: Mapping[str, Any]) -> None:
    rows = [
        (source, *row)
        for source, found in zip(page["sources"], page["found"], strict=True)
        for row in found
    ]
    if not rows:
        return
    sources, types, targets, strength, grounded, weight, confidence, verified = zip(
        *rows, strict=True
    )
    loader.add_relations(
        sources,
        types,
        targets,
        strength=[_INHERIT if each is None else int(strength_of(each)) for each in strength],
        grounded=[_INHERIT if each is None else int(each) for each in grounded],
        weight=[1 if each is None else each for each in weight],
        confidence=[1.0 if each is None else each for each in confidence],
        verified=[_seconds(each) or 0 for each in verified],
    )


# --- rows of the ledger's images -----------------------------------------------------------------


def _changes(
    before: GraphImage, after: GraphImage, types: frozenset[str]
) -> Iterator[TopologyChange]:
    """What is different between two images, elements first."""
    elements = {
        id
        for image in (before, after)
        for id, record in image.records.items()
        if record.kind in ELEMENT_KINDS
    }
    for id in sorted(elements):
        old, new = _element(before.records.get(id)), _element(after.records.get(id))
        if old != new:
            yield TopologyChange(before=old, after=new)
    for triple in sorted({*before.relations, *after.relations}):
        if triple[1] in types:
            link = _relation(triple, before.relations.get(triple))
            fresh = _relation(triple, after.relations.get(triple))
            if link != fresh:
                yield TopologyChange(before=link, after=fresh)


def _element(record: RecordImage | None) -> ElementRow | None:
    if record is None or not record.live:
        return None
    given = record.properties
    return ElementRow(
        id=given["id"],
        key=given["key"],
        name=given["name"],
        kind=Kind.of(record.kind),
        type=given.get("type", ""),
        planned=given.get("lifecycle") == "planned",
        is_source=bool(given.get("is_source")),
        criticality=given.get("criticality", 0),
        group=_group(given) if record.kind == "RedundancyGroup" else None,
    )


def _relation(triple: tuple[str, str, str], given: Mapping[str, Any] | None) -> RelationRow | None:
    if given is None:
        return None
    strength = given.get("strength")
    return RelationRow(
        *triple,
        strength=None if strength is None else strength_of(strength),
        grounded=given.get("grounded"),
        weight=given.get("weight", 1),
        confidence=given.get("confidence", 1.0),
        verified_at=_seconds(given.get("verified_at")),
    )


def _group(given: Mapping[str, Any]) -> GroupNeed:
    need, share = given.get("need"), given.get("need_share")
    return GroupNeed(
        need=need,
        share=share,
        strength=strength_of(given.get("strength") or "hard"),
        grounded=bool(given.get("grounded")),
        reserve=given.get("reserve"),
    )


def _seconds(moment: str | None) -> int | None:
    return None if moment is None else int(from_text(moment).timestamp())
