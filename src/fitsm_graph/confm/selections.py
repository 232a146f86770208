"""Which elements a baseline holds, or a plan of verification: by type, service and owner.

A selection is told of the graph at an entry, now or in the past: elements come and go, are handed
to others and stop being needed. What is not limited is all; limits of several sides hold together.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fitsm_graph.confm.rules import HAS_MEMBER, is_ours
from fitsm_graph.graph.changes import Properties, kind_of
from fitsm_graph.graph.history import Entry, GraphImage, Triple, undo_all
from fitsm_graph.graph.sight import Sight
from fitsm_graph.kernel.canonical import digest_value
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.confm import ELEMENT_KINDS, OWNED_BY
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.model.registry_types import CI, Dependency, Neighbours

KINDS = tuple(kind for kind in ELEMENT_KINDS if kind != CI)
"""Kinds of elements beside CIs, which have types instead."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which elements are meant.

    Attributes:
        types: CI types, with their subtypes, and other kinds; empty: all.
        services: Ids of services: they and what they need; empty: whatever needs it.
        owners: Ids of persons and groups; empty: whoever answers for it.
    """

    types: tuple[str, ...] = ()
    services: frozenset[str] = frozenset()
    owners: frozenset[str] = frozenset()

    def holds_type(self, kind: str, type: str, registry: TypeRegistry) -> bool:
        """Whether elements of a kind and type are meant."""
        if not self.types:
            return True
        if kind != CI:
            return kind in self.types
        named = {name for name in self.types if name not in KINDS}
        if {CI, type} & named:
            return True
        known = registry.ci_types
        return type in known and any(registry.is_a(type, name) for name in named if name in known)


@dataclass(frozen=True, slots=True)
class Held:
    """What a selection holds at an entry.

    Attributes:
        elements: Version by id.
        relations: Those among them, without who answers for them.
    """

    elements: Mapping[str, int]
    relations: Mapping[Triple, Properties]
    owned: tuple[Triple, ...]

    @property
    def digest(self) -> str:
        """Equal for what is equal: versions of elements, all that relations say, and owners."""
        ties = [[*triple, said] for triple, said in sorted(self.relations.items())]
        owned = [[source, target] for source, _, target in sorted(self.owned)]
        return digest_value([sorted(map(list, self.elements.items())), ties, owned])


def check_types(types: Sequence[str], registry: TypeRegistry, sight: Sight) -> tuple[str, ...]:
    """Types that are meant; to whom sees a part, all means all of that part.

    Raises:
        BadInput: There is no such type, or NOTHING_SELECTED.
    """
    known = (*KINDS, CI, *registry.ci_types)
    for number, each in enumerate(types):
        if each not in known:
            told = f"there is no CI type or kind '{each[:60]}'"
            raise BadInput(told, remedy=did_you_mean(each, known), path=("types", number))
    if sight is None:
        return tuple(dict.fromkeys(types))
    wanted = Selection(tuple(types))
    seen = [name for name in sorted(sight) if wanted.holds_type(CI, name, registry)]
    kinds = [kind for kind in KINDS if wanted.holds_type(kind, "", registry)]
    if not seen and not kinds:
        raise nothing("no element that you see is of such a type")
    return (*kinds, *seen)


def nothing(why: str) -> BadInput:
    """What to say where a selection holds no element."""
    return BadInput(
        "nothing is selected",
        code="NOTHING_SELECTED",
        why=why,
        remedy="ask for other types, services or owners, or for a later moment",
    )


def image_at(row: Mapping[str, Any]) -> GraphImage:
    """Elements with their relations and owners after an entry, of a row of `confm.estate_at`."""
    image = GraphImage()
    for id, labels, properties in row["elements"]:
        image.add_record(id, labels, properties)
    for each in row["entries"]:
        for id, labels, *_, type, _target, properties in each["changed"]:
            if type is None and kind_of(labels) in ELEMENT_KINDS:
                image.add_record(id, labels, properties)
    image.relations = {(s, t, o): dict(said) for s, t, o, said in row["relations"]}
    undo_all(image, [_of_elements(each, image) for each in row["entries"]])
    return image


def _of_elements(row: Mapping[str, Any], image: GraphImage) -> Entry:
    """An entry reduced to what it did to elements and to relations that start at one."""
    entry = Entry.of({**row, "changed": [each[:6] for each in row["changed"]]})
    ids = image.records.keys() | {id for kind, id in entry.created_records if kind in ELEMENT_KINDS}

    def meant(source: str, type: str, target: str) -> bool:
        return source in ids and (type == OWNED_BY.type or (is_ours(type) and target in ids))

    replaced = tuple(
        each
        for each in entry.replaced
        if (each[0] in ids if each[4] is None else meant(each[0], each[4], each[5]))
    )
    born = tuple((kind, id) for kind, id in entry.created_records if kind in ELEMENT_KINDS)
    ties = tuple(each for each in entry.created_relations if meant(*each))
    return Entry(entry.properties, replaced, born, ties)


def held_by(
    selection: Selection, image: GraphImage, registry: TypeRegistry, sight: Sight = None
) -> Held:
    """What a selection holds of an image; what is not seen is not there."""
    live = {
        id: record
        for id, record in image.records.items()
        if record.live
        and (sight is None or record.kind != CI or record.properties.get("type") in sight)
        and selection.holds_type(record.kind, record.properties.get("type", ""), registry)
    }
    chosen = set(live)
    if selection.services:
        chosen &= needed_by(selection.services, image.relations, registry)
    owned = [triple for triple in image.relations if triple[1] == OWNED_BY.type]
    if selection.owners:
        chosen &= {source for source, _, owner in owned if owner in selection.owners}
    return Held(
        {id: int(live[id].properties["version"]) for id in chosen},
        {
            triple: said
            for triple, said in image.relations.items()
            if triple[0] in chosen and triple[2] in chosen
        },
        tuple(triple for triple in owned if triple[0] in chosen),
    )


def needed_by(
    services: Iterable[str], relations: Iterable[Triple], registry: TypeRegistry
) -> set[str]:
    """Services and all that they need, directly or not."""
    onward: dict[str, set[str]] = {}
    ways = {name: _ways(name, registry) for name in {type for _, type, _ in relations}}
    for source, type, target in relations:
        there, back = ways[type]
        if there:
            onward.setdefault(source, set()).add(target)
        if back:
            onward.setdefault(target, set()).add(source)
    found, fresh = set(services), set(services)
    while fresh:
        fresh = {far for each in fresh for far in onward.get(each, ())} - found
        found |= fresh
    return found


def _ways(type: str, registry: TypeRegistry) -> tuple[bool, bool]:
    """Whether the source of a relation needs its target, and the target its source."""
    if type == HAS_MEMBER:
        return True, False
    declared = registry.relationship_types.get(type)
    if declared is None:
        return False, False
    if declared.neighbours is Neighbours.GROUP:
        return True, True
    need = declared.dependency
    return need is Dependency.SOURCE_NEEDS_TARGET, need is Dependency.TARGET_NEEDS_SOURCE
