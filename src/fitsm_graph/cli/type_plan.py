"""What a new set of types would change, and which elements would no longer conform (PR11.1).

What is in force, and the elements of the types that a difference may break, are asked for with
the same documents as any client's; they are held against the new registry: attributes, ends of
relations, cardinality.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fitsm_graph.cli.asking import ask, ask_pages
from fitsm_graph.confm.types import Definitions
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.model.registry_differences import Difference, differences

PARTS = {"ci_types": "ciTypes", "relationship_types": "relationshipTypes"}


@dataclass(frozen=True, slots=True)
class TypePlan:
    """What would happen.

    Attributes:
        changes: Differences: path, what, types, why elements may not conform.
        unfit: Elements that would not conform: key, type, why.
        input: What the verb has to be given.
    """

    changes: list[dict[str, Any]]
    unfit: list[dict[str, Any]]
    input: dict[str, Any]


def planned(definitions: Definitions, *, prune: bool) -> TypePlan:
    """Compare with what is in force, and look who would not conform.

    Raises:
        BadInput: The set as a whole contradicts itself; with every problem found.
    """
    known = _in_force()
    old = _registry(known)
    wanted = {
        "ci_types": _flat(definitions.ci_types),
        "relationship_types": _flat(definitions.relationship_types),
    }
    together = {part: {**({} if prune else known[part]), **wanted[part]} for part in PARTS}
    new = _registry(together)
    found = differences(old, new)
    sent = wanted if prune else {part: _fresh(known[part], wanted[part]) for part in PARTS}
    input = {name: sent[part] for part, name in PARTS.items()}
    return TypePlan(
        [_told(each) for each in found], list(_unfit(old, new, found)), {**input, "prune": prune}
    )


def _in_force() -> dict[str, dict[str, Any]]:
    answer = ask("ListTypes")
    return {
        part: {each["name"]: each["definition"] for each in answer[name]}
        for part, name in PARTS.items()
    }


def _registry(parts: Mapping[str, Any]) -> TypeRegistry:
    return Definitions({"": parts["ci_types"]}, {"": parts["relationship_types"]}).registry()


def _flat(files: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {name: each for declared in files.values() for name, each in declared.items()}


def _fresh(known: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What is not in force as it is written: a whole set may be too large for one request."""
    return {name: each for name, each in wanted.items() if known.get(name) != each}


def _told(it: Difference) -> dict[str, Any]:
    return {
        "path": ".".join(it.path),
        "what": _what(it),
        "before": it.before,
        "after": it.after,
        "types": list(it.types),
        "breaks": it.breaks,
        "changesImpact": it.changes_impact,
    }


def _what(it: Difference) -> str:
    if it.before is None:
        return "new"
    if it.after is None:
        return "gone"
    if isinstance(it.before, dict) and isinstance(it.after, dict):
        names = sorted(it.before.keys() | it.after.keys())
        return "; ".join(
            f"{name}: {_short(it.before.get(name))} → {_short(it.after.get(name))}"
            for name in names
            if it.before.get(name) != it.after.get(name)
        )
    if isinstance(it.before, list) and isinstance(it.after, list):
        gone = [f"without {each}" for each in it.before if each not in it.after]
        return ", ".join([*gone, *(f"with {each}" for each in it.after if each not in it.before)])
    return f"{_short(it.before)} → {_short(it.after)}"


def _short(value: Any) -> str:
    if value is None:
        return "nothing"
    text = str(value)
    return text if len(text) <= 60 else text[:59] + "…"


# --- who would not conform -----------------------------------------------------------------------


def _unfit(
    old: TypeRegistry, new: TypeRegistry, found: list[Difference]
) -> Iterator[dict[str, Any]]:
    breaking = [each for each in found if each.breaks]
    kinds = {name for each in breaking if each.path[0] == "ci_types" for name in each.types}
    related = [each for each in breaking if each.path[0] == "relationship_types"]
    relations = {each.path[1] for each in related}
    ends = {name for each in related for name in each.types or _ends(old, each.path[1])}
    if kinds:
        for ci in ask_pages("TypedCIs", "cis", 500, where=_of_types(kinds)):
            yield from _named(ci, _wrong_attributes(new, ci))
    if relations:
        given = {"where": _of_types(ends), "types": sorted(relations)}
        for ci in ask_pages("RelatedCIs", "cis", 100, **given):
            yield from _named(ci, _wrong_relations(new, ci))


def _of_types(names: set[str]) -> dict[str, Any]:
    return {"type": {"in": sorted(names)}}


def _ends(old: TypeRegistry, relation: str) -> set[str]:
    """CI types that a relation starts from or ends at."""
    sources, targets = old.ends(relation)
    return {name for name in sources | targets if name in old.ci_types}


def _named(ci: Mapping[str, Any], reasons: Iterator[str]) -> Iterator[dict[str, Any]]:
    for why in reasons:
        yield {"key": ci["key"], "type": ci["type"], "why": why}


def _wrong_attributes(new: TypeRegistry, ci: Mapping[str, Any]) -> Iterator[str]:
    declared = new.ci_types.get(ci["type"])
    if declared is None or declared.abstract:
        yield "no CI can be of its type"
        return
    values = {each["name"]: each["value"] for each in ci["attributes"]}
    for problem in new.check_attributes(ci["type"], values, partial=False):
        yield problem.message


def _wrong_relations(new: TypeRegistry, ci: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the relations of a CI, seen from the CI."""
    counts = Counter((each["type"], each["direction"]) for each in ci["relations"])
    for each in ci["relations"]:
        name, other = each["type"], each["element"]
        if name not in new.relationship_types:
            yield f"its relation {name} with {other['key']} has no type"
        elif not _allowed(new, ci, each):
            yield f"{name} with {other['key']} would not be allowed"
    for (name, direction), count in counts.items():
        if count > 1 and name in new.relationship_types and _is_single(new, name, direction):
            yield f"{count} {name} where one is allowed"


def _allowed(new: TypeRegistry, ci: Mapping[str, Any], relation: Mapping[str, Any]) -> bool:
    here = ("CI", ci["type"])
    there = (relation["element"]["kind"], relation["element"]["type"] or "")
    ends = (*here, *there) if relation["direction"] == "OUT" else (*there, *here)
    return new.allows(relation["type"], *ends)


def _is_single(new: TypeRegistry, name: str, direction: str) -> bool:
    cardinality = new.relationship_types[name].cardinality
    return cardinality.one_target if direction == "OUT" else cardinality.one_source
