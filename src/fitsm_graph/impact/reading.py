"""What the graph and the ledger tell, as rows of the topology: semantics, pages, changes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from fitsm_graph.graph.history import GraphImage, RecordImage
from fitsm_graph.impact.base import PLANNED, SOURCE
from fitsm_graph.impact.loading import Loader
from fitsm_graph.impact.records import (
    ElementRow,
    GroupNeed,
    Kind,
    RelationRow,
    RelationSemantics,
    TopologyChange,
    strength_of,
)
from fitsm_graph.kernel.clock import from_text
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.confm import ELEMENT_KINDS
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.model.registry_types import document

_INHERIT = -1
_LAST = 2**32 - 1


def semantics(registry: TypeRegistry) -> tuple[RelationSemantics, ...]:
    """What the registry says each relation type means for impact."""
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


def add_elements(loader: Loader, page: Mapping[str, Any]) -> None:
    """Give a loader one page of `impact.elements_page`."""
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


def add_relations(loader: Loader, page: Mapping[str, Any]) -> None:
    """Give a loader one page of `impact.relations_page`, as far as the registry knows the types."""
    known = {meaning.name for meaning in loader.semantics}
    kept = [row for row, name in enumerate(page["types"]) if name in known]
    ids, count = page["ids"], len(kept)

    def column(name: str) -> list[Any]:
        values = page[name]
        return [values[row] for row in kept]

    strength, grounded = np.full(count, _INHERIT, np.int8), np.full(count, _INHERIT, np.int8)
    weight, confidence = np.ones(count, np.int64), np.ones(count, np.float32)
    verified = np.zeros(count, np.uint32)
    for row, found in enumerate(column("own")):
        if found == 0:
            continue
        said = {name: value for name, value in found.items() if value is not None}
        if "strength" in said:
            strength[row] = strength_of(said["strength"])
        grounded[row] = said.get("grounded", _INHERIT)
        weight[row] = said.get("weight", 1)
        confidence[row] = said.get("confidence", 1.0)
        verified[row] = _seconds(said.get("verified_at")) or 0
    loader.add_relations(
        [ids[place] for place in column("sources")],
        column("types"),
        column("targets"),
        strength=strength,
        grounded=grounded,
        weight=weight,
        confidence=confidence,
        verified=verified,
    )


# --- rows of the ledger's images -----------------------------------------------------------------


def topology_changes(
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
    """Seconds since 1970 as far as a column holds them; what cannot be read is as if never said.

    One relation with a bad moment must not keep all others from being loaded.
    """
    try:
        return None if moment is None else min(max(int(from_text(moment).timestamp()), 1), _LAST)
    except BadInput:
        return None
