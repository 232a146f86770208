"""What a new set of types would change, and which elements would no longer conform (PR11.1).

What is in force is asked for with the same documents as any client's, and so is who would not
conform: the server holds the elements against the new types.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fitsm_graph.cli.asking import ask
from fitsm_graph.confm.types import Definitions

PARTS = {"ci_types": "ciTypes", "relationship_types": "relationshipTypes"}
FIRST = 200
"""Elements of each difference that are named."""


@dataclass(frozen=True, slots=True)
class TypePlan:
    """What would happen.

    Attributes:
        changes: Differences: path, what, types, why elements may not conform, how many do not.
        unfit: Elements that would not conform: key, type, why; the first of each difference.
        count: How many there are.
        migrates: CIs that the steps change.
        complete: All elements were looked at.
        input: What the verb has to be given.
    """

    changes: list[dict[str, Any]]
    unfit: list[dict[str, Any]]
    count: int
    migrates: int
    complete: bool
    input: dict[str, Any]


def planned(
    definitions: Definitions, *, prune: bool, steps: Sequence[Mapping[str, Any]] = ()
) -> TypePlan:
    """Compare with what is in force, and look who would not conform.

    Args:
        definitions: What is to be in force.
        prune: What they do not name goes.
        steps: Of a migration, as the verb takes them.

    Raises:
        BadInput: The set as a whole contradicts itself; with every problem found.
    """
    known = _in_force()
    wanted = {
        "ci_types": _flat(definitions.ci_types),
        "relationship_types": _flat(definitions.relationship_types),
    }
    sent = wanted if prune else {part: _fresh(known[part], wanted[part]) for part in PARTS}
    input = {**{name: sent[part] for part, name in PARTS.items()}, "prune": prune}
    if not prune and not any(sent.values()) and not steps:
        return TypePlan([], [], 0, 0, complete=True, input=input)
    input["steps"] = list(steps)
    told = ask("TypesCheck", **input, first=FIRST)["typesCheck"]
    unfit = [*told["failing"], *(one for each in told["differences"] for one in each["unfit"])]
    named = [{name: each[name] for name in ("key", "type", "why")} for each in unfit]
    changes = [_told(each) for each in told["differences"]]
    counts = (told["unfitCount"], told["migrates"], told["complete"])
    return TypePlan(changes, named, *counts, input)


def _in_force() -> dict[str, dict[str, Any]]:
    answer = ask("ListTypes")
    return {
        part: {each["name"]: each["definition"] for each in answer[name]}
        for part, name in PARTS.items()
    }


def _flat(files: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {name: each for declared in files.values() for name, each in declared.items()}


def _fresh(known: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What is not in force as it is written: a whole set may be too large for one request."""
    return {name: each for name, each in wanted.items() if known.get(name) != each}


def _told(it: Mapping[str, Any]) -> dict[str, Any]:
    names = ("before", "after", "types", "breaks", "changesImpact", "unfitCount")
    told = {name: it[name] for name in names}
    return {"path": ".".join(it["path"]), "what": _what(it["before"], it["after"]), **told}


def _what(before: Any, after: Any) -> str:
    if before is None:
        return "new"
    if after is None:
        return "gone"
    if isinstance(before, dict) and isinstance(after, dict):
        return "; ".join(
            f"{name}: {_short(before.get(name))} → {_short(after.get(name))}"
            for name in sorted(before.keys() | after.keys())
            if before.get(name) != after.get(name)
        )
    if isinstance(before, list) and isinstance(after, list):
        gone = [f"without {each}" for each in before if each not in after]
        return ", ".join([*gone, *(f"with {each}" for each in after if each not in before)])
    return f"{_short(before)} → {_short(after)}"


def _short(value: Any) -> str:
    if value is None:
        return "nothing"
    text = str(value)
    return text if len(text) <= 60 else text[:59] + "…"
