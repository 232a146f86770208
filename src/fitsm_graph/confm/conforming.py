"""Which elements would no longer conform to other types, difference by difference (PR11.1).

Held against the new types are the values of attributes, ends of relations, and how many there are,
of all elements that a difference may break and that the reader sees.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fitsm_graph.confm.migrating import MigrationStep, migrated, names_of
from fitsm_graph.confm.rules import identifier_key
from fitsm_graph.graph.changes import kind_of
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.sight import Sight
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.model.registry_differences import Difference
from fitsm_graph.model.registry_types import CI, NUMBERS

MOST_LOOKED_AT = 200_000
"""CIs, and relations, that are looked at for one answer."""


@dataclass(frozen=True, slots=True)
class Unfit:
    """An element that would not conform."""

    id: str
    key: str
    name: str
    kind: str
    type: str
    why: str


@dataclass(frozen=True, slots=True)
class Looked:
    """A CI, with those of its attributes that differences and steps are about."""

    id: str
    key: str
    name: str
    type: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found.

    Attributes:
        unfit: For each difference, in their order, the elements by key.
        failing: CIs that a step cannot be taken for.
        complete: All that had to be looked at was.
        migrates: CIs that steps change.
    """

    unfit: tuple[tuple[Unfit, ...], ...]
    failing: tuple[Unfit, ...]
    complete: bool
    migrates: int

    @property
    def count(self) -> int:
        """Elements that would not conform, or cannot be migrated; each once."""
        return len({each.id for unfit in (*self.unfit, self.failing) for each in unfit})

    @property
    def first(self) -> Unfit | None:
        """One of them; None: all conform."""
        return next((each for unfit in (*self.unfit, self.failing) for each in unfit), None)


async def judged(
    graph: Graph,
    found: Sequence[Difference],
    new: TypeRegistry,
    *,
    sight: Sight = None,
    steps: Sequence[MigrationStep] = (),
) -> Judged:
    """Look who would not conform, once steps are taken.

    Args:
        graph: Where the elements are.
        found: What is to be different.
        new: The types that are to be in force.
        sight: CI types that the reader sees; None: all.
        steps: Of a migration that is done with it.
    """
    breaking = [each for each in found if each.breaks]
    seen = {"all": sight is None, "seen": sorted(sight or ()), "limit": MOST_LOOKED_AT + 1}
    types = {name for each in breaking if each.path[0] == "ci_types" for name in each.types}
    types |= {name for step in steps for name in new.subtypes(step.type)}
    names = {each.path[3] for each in breaking if each.path[2:3] == ("attributes",)}
    asked = sorted(names.union(names_of(steps)))
    rows: list[Any] = []
    if types:
        given = {"types": sorted(types), "names": asked, **seen}
        rows = (await graph.rows("confm.cis_of_types", **given))[0]["cis"]
    relations = {each.path[1] for each in breaking if each.path[0] == "relationship_types"}
    ties: list[Any] = []
    if relations:
        given = {"relations": sorted(relations), **seen}
        ties = (await graph.rows("confm.ties_of_types", **given))[0]["ties"]
    complete = max(len(rows), len(ties)) <= MOST_LOOKED_AT
    cis, wrong, migrates = _after(rows[:MOST_LOOKED_AT], asked, steps, new)
    told = [
        _sorted(_unfit(each, new, cis, ties[:MOST_LOOKED_AT]) if each.breaks else ())
        for each in found
    ]
    return Judged(tuple(told), _sorted(wrong), complete, migrates)


def _after(
    rows: Iterable[Sequence[Any]],
    names: Sequence[str],
    steps: Sequence[MigrationStep],
    new: TypeRegistry,
) -> tuple[list[Looked], list[Unfit], int]:
    """CIs as they are once steps are taken, those for which that fails, and how many change."""
    cis, wrong, count = [], [], 0
    for id, key, name, type, held in rows:
        values = dict(zip(names, held, strict=True))
        changes, problems = migrated(steps, type, values, new) if steps else ({}, [])
        count += bool(changes)
        wrong += [Unfit(id, key, name, CI, type, each.message) for each in problems]
        cis.append(Looked(id, key, name, type, {**values, **changes}))
    return cis, wrong, count


def _sorted(found: Iterable[Unfit]) -> tuple[Unfit, ...]:
    """By key, each element once, with all that is wrong with it."""
    whys: dict[str, list[str]] = defaultdict(list)
    elements: dict[str, Unfit] = {}
    for each in found:
        whys[each.id].append(each.why)
        elements[each.id] = each
    merged = [replace(each, why="; ".join(whys[id])) for id, each in elements.items()]
    return tuple(sorted(merged, key=lambda each: each.key))


def _unfit(
    it: Difference, new: TypeRegistry, cis: Sequence[Looked], ties: Sequence[Any]
) -> Iterator[Unfit]:
    if it.path[0] == "relationship_types":
        yield from _wrong_ties(it, new, [each for each in ties if each[0] == it.path[1]])
        return
    concerned = [each for each in cis if each.type in it.types]
    if it.path[2:3] != ("attributes",):
        for each in concerned:
            yield _ci(each, "no CI can be of its type")
        return
    name = it.path[3]
    for each in concerned:
        for why in _wrong_value(it, new, each.type, name, each.values.get(name)):
            yield _ci(each, why)
    if it.after and it.after.get("unique") and not (it.before or {}).get("unique"):
        yield from _shared(name, concerned)


def _ci(it: Looked, why: str) -> Unfit:
    return Unfit(it.id, it.key, it.name, CI, it.type, why)


def _wrong_value(
    it: Difference, new: TypeRegistry, type: str, name: str, value: Any
) -> Iterator[str]:
    if name not in new.attributes(type):
        if value is not None:
            yield f"the type has no attribute '{name}', and it has a value"
        return
    for problem in new.check_attributes(type, {name: value}, partial=False):
        if problem.path[:1] == (name,):
            yield problem.message
    measured = it.before is not None and it.before.get("kind") in NUMBERS
    if measured and it.before.get("unit") != it.after.get("unit") and value is not None:
        yield f"'{name}' was stored in another unit"


def _shared(name: str, cis: Iterable[Looked]) -> Iterator[Unfit]:
    by_value: dict[str, list[Looked]] = defaultdict(list)
    for each in cis:
        if each.values.get(name) is not None:
            by_value[identifier_key(name, each.values[name])].append(each)
    for each in (one for alike in by_value.values() if len(alike) > 1 for one in alike):
        yield _ci(each, f"'{name}' must be unique, and another one has the same value")


# --- relations -----------------------------------------------------------------------------------


def _wrong_ties(it: Difference, new: TypeRegistry, ties: Sequence[Any]) -> Iterator[Unfit]:
    name = it.path[1]
    if name not in new.relationship_types:
        for _, source, target in ties:
            yield _element(source, f"its relation {name} with {target['key']} has no type")
    elif it.path[2] == "cardinality":
        yield from _too_many(name, new, ties)
    else:
        lost = frozenset(it.types)
        for _, source, target in ties:
            end = source if it.path[2] == "allowed_sources" else target
            if _word(end) in lost:
                yield _element(source, f"{name} with {target['key']} would not be allowed")


def _too_many(name: str, new: TypeRegistry, ties: Sequence[Any]) -> Iterator[Unfit]:
    cardinality = new.relationship_types[name].cardinality
    for place, single in ((1, cardinality.one_target), (2, cardinality.one_source)):
        ends = {each[place]["id"]: each[place] for each in ties}
        counts = Counter(each[place]["id"] for each in ties)
        for id, count in counts.items():
            if single and count > 1:
                yield _element(ends[id], f"{count} {name} where one is allowed")


def _word(end: Mapping[str, Any]) -> str:
    return str(end["type"] or kind_of(end["labels"]))


def _element(it: Mapping[str, Any], why: str) -> Unfit:
    kind = kind_of(it["labels"])
    return Unfit(it["id"], it["key"], it["name"] or "", kind, it["type"] or "", why)
