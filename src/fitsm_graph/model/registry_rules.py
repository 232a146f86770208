"""Rules that declarations must keep, each by itself and all together; every breach is told."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeVar

from fitsm_graph.kernel.errors import Problem
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.registry_names import (
    attribute_name_fault,
    enum_value_fault,
    relation_name_fault,
    type_name_fault,
)
from fitsm_graph.model.registry_parse import Declared, Path
from fitsm_graph.model.registry_resolve import CITypes, Resolved
from fitsm_graph.model.registry_types import (
    ELEMENT,
    KINDS,
    NUMBERS,
    Attribute,
    AttributeKind,
    Cardinality,
    CIType,
    DefaultStrength,
    Dependency,
    Neighbours,
    RelationshipType,
)

T = TypeVar("T", CIType, RelationshipType)
NEVER_UNIQUE = frozenset(
    {AttributeKind.FLOAT, AttributeKind.BOOLEAN, AttributeKind.ENUM, AttributeKind.TEXT_LIST}
)


def by_name(
    declared: Sequence[Declared[T]], fault: Callable[[str], str], problems: list[Problem]
) -> dict[str, Declared[T]]:
    """List declarations by name, telling of bad and repeated names; the first of a name counts."""
    found: dict[str, Declared[T]] = {}
    lower: dict[str, str] = {}
    for each in declared:
        name = each.it.name
        said = fault(name)
        if said:
            problems.append(Problem("BAD_NAME", f"'{name}' {said}", path=each.path))
        other = lower.setdefault(name.lower(), name)
        if name in found or other != name:
            problems.append(_repeated(name, each.path, found[other].path))
        found.setdefault(name, each)
    return found


def _repeated(name: str, path: Path, first: Path) -> Problem:
    message = f"'{name}' is declared already, as {'/'.join(map(str, first))}"
    why = "names are told apart without regard to case"
    return Problem("DUPLICATE_NAME", message, why, "rename or remove one of them", path)


def check_ci_type(declared: Declared[CIType], faulty: AbstractSet[Path]) -> Iterator[Problem]:
    """Check what can be said of one CI type without the others.

    What could not be read is among the faulty paths and not judged a second time.
    """
    for attribute in declared.it.attributes:
        path = (*declared.path, "attributes", attribute.name)
        fault = attribute_name_fault(attribute.name)
        if fault:
            yield Problem("BAD_NAME", f"'{attribute.name}' {fault}", path=path)
        for message, why in () if path in faulty else _attribute_faults(attribute):
            yield Problem("ATTRIBUTE_CONTRADICTION", message, why, path=path)


def _attribute_faults(attribute: Attribute) -> Iterator[tuple[str, str]]:
    kind = attribute.kind
    if attribute.unique and kind in NEVER_UNIQUE:
        yield f"a unique {kind}", "its values are too few or not exact enough to name a CI"
    if attribute.unique and attribute.sensitive:
        yield "unique and sensitive", "an identifier is seen by everybody who can find the CI"
    if attribute.required and attribute.deprecated:
        yield "required and deprecated", "what goes away cannot be asked for"
    if attribute.unit and kind not in NUMBERS:
        yield f"a unit on a {kind}", "only numbers have units"
    yield from _enum_faults(attribute)
    yield from _bound_faults(attribute)


def _enum_faults(attribute: Attribute) -> Iterator[tuple[str, str]]:
    if attribute.kind is AttributeKind.ENUM and not attribute.values:
        yield "an enum without values", "nothing could ever be stored"
    if attribute.kind is not AttributeKind.ENUM and attribute.values:
        yield f"values on a {attribute.kind}", "only an enum lists its values"
    for value in attribute.values:
        fault = enum_value_fault(value)
        if fault:
            yield f"value '{value}' {fault}", "it is also the value of an enum in GraphQL"


def _bound_faults(attribute: Attribute) -> Iterator[tuple[str, str]]:
    low, high = attribute.minimum, attribute.maximum
    if (low, high) != (None, None) and attribute.kind not in NUMBERS:
        yield f"bounds on a {attribute.kind}", "only numbers have bounds"
    if low is not None and high is not None and low > high:
        yield f"minimum {low:g} above maximum {high:g}", "nothing could ever be stored"


def check_leaves(types: CITypes, resolved: Mapping[str, Resolved]) -> Iterator[Problem]:
    """Find abstract types below which there is nothing a CI could be, and types without icon.

    Leaves are judged only when every lineage is sound: a lost subtype is told of already.
    """
    inhabited = {
        ancestor
        for name, each in resolved.items()
        if not types[name].it.abstract
        for ancestor in each.lineage
    }
    for name, each in resolved.items():
        path = types[name].path
        if name not in inhabited and len(resolved) == len(types):
            message = f"{name} is abstract and no type that a CI could have extends it"
            yield Problem("ABSTRACT_LEAF", message, "", "drop 'abstract', or add a subtype", path)
        if not each.icon:
            remedy = "name one, or extend a type that has one"
            yield Problem("MISSING_FIELD", f"{name} has no icon", "", remedy, (*path, "icon"))


def check_relationship_type(
    declared: Declared[RelationshipType], types: Mapping[str, object], faulty: AbstractSet[Path]
) -> Iterator[Problem]:
    """Check one relationship type against itself and the names of its ends.

    One that could not be read whole is among the faulty paths; only its ends are judged.
    """
    it, path = declared.it, declared.path
    known = {ELEMENT, *KINDS, *types}
    for end in dict.fromkeys((*it.sources, *it.targets, *it.needed_by)):
        if end not in known:
            remedy = did_you_mean(end, known)
            yield Problem("UNKNOWN_END", f"{it.name}: no kind or CI type '{end}'", "", remedy, path)
    if path in faulty:
        return
    for fault, why in (*_need_faults(it), *_symmetry_faults(it), *_group_faults(it)):
        yield Problem("RELATION_CONTRADICTION", f"{it.name}: {fault}", why, path=path)


def _need_faults(it: RelationshipType) -> Iterator[tuple[str, str]]:
    if it.grounded and not it.carries_need:
        yield "grounded without a dependency", "support that nobody needs has no source"
    if it.strength is not DefaultStrength.INFO and not it.carries_need:
        yield f"strength {it.strength} without a dependency", "there is no need to be strong"
    if it.grounded and it.carries_need and it.strength is DefaultStrength.INFO:
        yield "grounded and informational", "an informational need never changes a state"
    if it.name == "HAS_MEMBER" and it.carries_need:
        yield "a need of its own", "what a group needs of its members is declared by the group"


def _symmetry_faults(it: RelationshipType) -> Iterator[tuple[str, str]]:
    if not it.symmetric:
        return
    if it.dependency is not Dependency.NONE:
        why = "seen from both ends it would make each need the other; use neighbours: group"
        yield "a direction of dependency on a type without direction", why
    if it.cardinality in {Cardinality.ONE_TO_MANY, Cardinality.MANY_TO_ONE}:
        yield f"{it.cardinality} between equal ends", "both ends have the same number"


def _group_faults(it: RelationshipType) -> Iterator[tuple[str, str]]:
    if it.neighbours is not Neighbours.GROUP:
        if it.needed_by:
            yield "needed_by without neighbours: group", "the direction of dependency says it"
        return
    if not it.symmetric:
        why = "a neighbour is one from both ends; for 1 of several providers use a redundancy group"
        yield "neighbours: group on a type with a direction", why
    if not it.grounded:
        yield "neighbours: group without grounded", "a ring cut off would hold itself up"
    if it.strength is DefaultStrength.INFO:
        yield "neighbours: group without a strength of hard or soft", "the need would be empty"
    if it.cardinality is Cardinality.ONE_TO_ONE:
        yield "neighbours: group of at most one", "two that only have each other have no source"


def faulty_paths(problems: Sequence[Problem]) -> frozenset[Path]:
    """Places that have a problem, and all places around them."""
    return frozenset(
        each.path[:depth] for each in problems for depth in range(1, len(each.path) + 1)
    )


def check_needed_by(
    declared: Declared[RelationshipType], members: Callable[[Sequence[str]], frozenset[str]]
) -> Iterator[Problem]:
    """Check that only possible ends are said to need their neighbours."""
    it = declared.it
    stray = members(it.needed_by) - members(it.sources)
    if stray:
        message = f"{it.name}: needed_by names {', '.join(sorted(stray)[:5])}, which cannot be ends"
        yield Problem("RELATION_CONTRADICTION", message, path=(*declared.path, "needed_by"))


CI_TYPE_NAME, RELATION_NAME = type_name_fault, relation_name_fault
CONTRADICTIONS = frozenset(
    [
        "DUPLICATE_NAME",
        "INHERITANCE_CYCLE",
        "ATTRIBUTE_CONFLICT",
        "ATTRIBUTE_CONTRADICTION",
        "NAME_COLLISION",
        "ABSTRACT_LEAF",
        "RELATION_CONTRADICTION",
    ]
)
"""Codes of problems in which two statements cannot both hold."""
