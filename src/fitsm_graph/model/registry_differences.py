"""What a new set of types changes, and which of it existing CIs may not conform to (PR11.1).

A difference is judged on what types resolve to, with everything inherited, so that a change of a
parent or of a lineage is seen in every concrete type it reaches, and told once with all of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.model.registry_types import (
    STORED_AS_TEXT,
    Attribute,
    AttributeKind,
    RelationshipType,
    document,
)

WORDS = frozenset({"doc", "icon", "tag", "owner_group", "deprecated", "sentence", "completeness"})
"""Fields that no stored value depends on."""
NEEDS = frozenset({"dependency", "strength", "grounded", "neighbours", "needed_by", "symmetric"})
"""Fields of a relationship type that answers about impact depend on."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is declared otherwise than before.

    Attributes:
        path: ``ci_types`` or ``relationship_types``, the name, and the field or attribute.
        before: As it was declared; null where it is new.
        after: As it is declared; null where it is gone.
        types: Concrete CI types whose CIs it concerns.
        breaks: Why existing CIs or relations may not conform; empty if all of them still do.
        changes_impact: Answers about impact may change with it.
    """

    path: tuple[str, ...]
    before: Any
    after: Any
    types: tuple[str, ...] = ()
    breaks: str = ""
    changes_impact: bool = False


def differences(old: TypeRegistry, new: TypeRegistry) -> list[Difference]:
    """List what differs between two registries; empty exactly if their versions are equal."""
    if old.version == new.version:
        return []
    return [*_ci_types(old, new), *_attributes(old, new), *_relationship_types(old, new)]


def _ci_types(old: TypeRegistry, new: TypeRegistry) -> Iterator[Difference]:
    for name in dict.fromkeys((*old.ci_types, *new.ci_types)):
        before, after = old.ci_types.get(name), new.ci_types.get(name)
        if before is None or after is None:
            yield _whole("ci_types", name, before and document(before), after and document(after))
            continue
        was, now = document(before), document(after)
        for field in sorted(_changed(was, now) - {"attributes"}):
            made_abstract = field == "abstract" and after.abstract
            yield Difference(
                ("ci_types", name, field),
                was.get(field),
                now.get(field),
                (name,) if made_abstract else old.subtypes(name),
                "no CI can be of an abstract type" if made_abstract else "",
            )


def _attributes(old: TypeRegistry, new: TypeRegistry) -> Iterator[Difference]:
    """Gather equal changes of an attribute over the types they reach."""
    reached: dict[tuple[str, Attribute | None, Attribute | None], list[str]] = {}
    for name in old.subtypes("CI"):
        if name in new.ci_types:
            was, now = old.attributes(name), new.attributes(name)
            for each in dict.fromkeys((*was, *now)):
                if was.get(each) != now.get(each):
                    reached.setdefault((each, was.get(each), now.get(each)), []).append(name)
    for (each, before, after), types in reached.items():
        yield Difference(
            ("ci_types", types[0], "attributes", each),
            document(before) if before else None,
            document(after) if after else None,
            tuple(types),
            _attribute_breaks(before, after),
        )


def _attribute_breaks(before: Attribute | None, after: Attribute | None) -> str:
    if after is None:
        return "values of an attribute that is gone have no meaning"
    if before is None:
        return "CIs lack a value that is now required" if after.required else ""
    if before.kind != after.kind and not _widened(before, after):
        return f"values of kind {before.kind} may not be of kind {after.kind}"
    for mark, why in (("required", "CIs may lack it"), ("unique", "CIs may share a value")):
        if getattr(after, mark) and not getattr(before, mark):
            return f"now {mark}, and {why}"
    return _narrowed(before, after)


def _widened(before: Attribute, after: Attribute) -> bool:
    """Say whether every stored value of the old kind is one of the new kind."""
    if after.kind is AttributeKind.STRING:
        return before.kind in STORED_AS_TEXT
    return (before.kind, after.kind) == (AttributeKind.INTEGER, AttributeKind.FLOAT)


def _narrowed(before: Attribute, after: Attribute) -> str:
    """Say how fewer values are allowed than before; empty if all are."""
    if set(before.values) - set(after.values) and after.kind is AttributeKind.ENUM:
        return "values are no longer allowed: " + ", ".join(
            each for each in before.values if each not in after.values
        )
    if before.unit != after.unit:
        return "numbers were stored in another unit"
    low = after.minimum is not None and (before.minimum is None or before.minimum < after.minimum)
    high = after.maximum is not None and (before.maximum is None or before.maximum > after.maximum)
    return "values may lie outside the new bounds" if low or high else ""


def _relationship_types(old: TypeRegistry, new: TypeRegistry) -> Iterator[Difference]:
    for name in dict.fromkeys((*old.relationship_types, *new.relationship_types)):
        before, after = old.relationship_types.get(name), new.relationship_types.get(name)
        if before is None or after is None:
            was, now = before and document(before), after and document(after)
            yield _whole("relationship_types", name, was, now)
            continue
        for field in sorted(_changed(_written(before), _written(after))):
            yield Difference(
                ("relationship_types", name, field),
                _written(before).get(field),
                _written(after).get(field),
                breaks=_relation_breaks(field, before, after),
                changes_impact=field in NEEDS,
            )
        yield from _lost_ends(old, new, name)


def _relation_breaks(field: str, before: RelationshipType, after: RelationshipType) -> str:
    if field != "cardinality":
        return ""
    fewer_targets = after.cardinality.one_target and not before.cardinality.one_target
    fewer_sources = after.cardinality.one_source and not before.cardinality.one_source
    return "elements may have more of them" if fewer_targets or fewer_sources else ""


def _lost_ends(old: TypeRegistry, new: TypeRegistry, name: str) -> Iterator[Difference]:
    """Find ends that are no longer allowed, by inheritance too."""
    for end, was, now in zip(("sources", "targets"), old.ends(name), new.ends(name), strict=True):
        lost = tuple(sorted(was - now))
        if lost:
            why = f"relations with these {end} are no longer allowed"
            path = ("relationship_types", name, f"allowed_{end}")
            yield Difference(path, sorted(was), sorted(now), lost, why)


def _whole(group: str, name: str, before: Any, after: Any) -> Difference:
    """A type that appears or goes; what goes must not be in use."""
    gone = after is None
    kept = gone and not (before or {}).get("abstract", False)
    return Difference(
        (group, name),
        before,
        after,
        (name,) if kept and group == "ci_types" else (),
        "what is of this type has none" if kept else "",
        changes_impact=group == "relationship_types" and gone,
    )


def _written(it: RelationshipType) -> dict[str, Any]:
    return {**document(it), "symmetric": it.symmetric}


def _changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
