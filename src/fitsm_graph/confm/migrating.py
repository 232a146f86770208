"""Steps of a migration: what new types do to the attributes of CIs that there are (PR11.1).

    steps = [MigrationStep(StepKind.RENAME, "Server", "mem_gb", to="memory_gb")]
    changes = migrated(steps, "Server", {"mem_gb": "64"}, new)

A step takes a CI from the form that was in force to the one that is to be. Each finds by itself
what is still to be done, so that a migration can be gone on with in portions, and done twice.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from fitsm_graph.kernel.errors import BadInput, Problem, Refused
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.model.registry_types import CI, NUMBERS, Attribute, AttributeKind

Values = dict[str, Any]
MOST = 2_000
"""CIs that one entry migrates: more would hold the ledger for too long."""
MOST_STEPS = 50
_WHOLE = re.compile(r"[+-]?\d{1,19}")


class StepKind(StrEnum):
    """What a step does to an attribute."""

    FILL = "fill"
    RENAME = "rename"
    MAP = "map"
    CONVERT = "convert"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class MigrationStep:
    """One step, for CIs of a type and its subtypes.

    Attributes:
        attribute: Its name as types declare it; of `rename` the old one.
        value: Of `fill`: what CIs get that lack a value.
        to: Of `rename`: the new name.
        values: Of `map`: new values by old ones; null takes one away.
        reason: Of `drop`: why nobody needs the values.
    """

    kind: StepKind
    type: str
    attribute: str
    value: Any = None
    to: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


def check_steps(steps: Sequence[MigrationStep], old: TypeRegistry, new: TypeRegistry) -> None:
    """Refuse steps that make no sense between two registries.

    Raises:
        BadInput: With all that is wrong.
        Refused: MIGRATION_OF_UNIQUE.
    """
    problems: list[Problem] = []
    if len(steps) > MOST_STEPS:
        told = f"there are {len(steps)} steps"
        problems.append(_wrong(0, "", told, f"give {MOST_STEPS} at most"))
    for place, step in enumerate(steps[:MOST_STEPS]):
        problems += [
            Problem(code, message, "", remedy, ("steps", place, name))
            for code, name, message, remedy in _problems_of(step, old, new)
        ]
    if problems:
        raise BadInput.of(problems)
    for place, step in enumerate(steps):
        _check_unique(place, step, old, new)


def _problems_of(
    step: MigrationStep, old: TypeRegistry, new: TypeRegistry
) -> Iterable[tuple[str, str, str, str]]:
    """Code, field, message and remedy of what is wrong with a step."""
    if step.type != CI and step.type not in new.ci_types:
        remedy = did_you_mean(step.type, new.ci_types)
        yield "UNKNOWN_TYPE", "type", f"there is no CI type '{step.type[:60]}'", remedy
        return
    types = new.subtypes(step.type)
    before, after = _declared(old, types, step.attribute), _declared(new, types, step.attribute)
    if not before and not after:
        names = {name for each in types for name in new.attributes(each)}
        told = f"no {step.type} has an attribute '{step.attribute[:60]}'"
        yield "ATTRIBUTE_UNKNOWN", "attribute", told, did_you_mean(step.attribute, names)
        return
    match step.kind:
        case StepKind.FILL if step.value is None:
            yield "BAD_INPUT", "value", "nothing is said to fill it with", "give a value"
        case StepKind.RENAME if len(_declared(new, types, step.to)) < len(types):
            told = f"not every {step.type} has an attribute '{step.to[:60]}' then"
            yield "ATTRIBUTE_UNKNOWN", "to", told, "declare it in the same definition"
        case StepKind.MAP if not step.values:
            yield "BAD_INPUT", "values", "no values are mapped", "give new values by old ones"
        case StepKind.CONVERT if not after or any(each.kind not in NUMBERS for each in after):
            told = f"'{step.attribute}' is no number then"
            yield "BAD_INPUT", "attribute", told, "declare it as integer or float"
        case StepKind.DROP if not step.reason.strip():
            yield "BAD_INPUT", "reason", "'reason' is missing", "say why nobody needs the values"


def _declared(registry: TypeRegistry, types: Iterable[str], name: str) -> list[Attribute]:
    known = (registry.attributes(each).get(name) for each in types if each in registry.ci_types)
    return [each for each in known if each is not None]


def _check_unique(place: int, step: MigrationStep, old: TypeRegistry, new: TypeRegistry) -> None:
    types = new.subtypes(step.type)
    named = [name for name in (step.attribute, step.to) if name]
    for name in named:
        if any(
            each.unique for each in (*_declared(old, types, name), *_declared(new, types, name))
        ):
            raise Refused(
                f"'{name}' cannot be migrated by a step",
                code="MIGRATION_OF_UNIQUE",
                why="its values name CIs, and each has an identifier of its own",
                remedy="change it CI by CI, or by a sync",
                requirement="PR11.1",
                path=("steps", place),
            )


def _wrong(place: int, name: str, message: str, remedy: str) -> Problem:
    return Problem("BAD_INPUT", message, "", remedy, ("steps", place, name))


# --- values --------------------------------------------------------------------------------------


def names_of(steps: Iterable[MigrationStep]) -> tuple[str, ...]:
    """Attributes that steps read or write."""
    return tuple(dict.fromkeys(name for s in steps for name in (s.attribute, s.to) if name))


def attributes_of(element: Mapping[str, Any], old: TypeRegistry, new: TypeRegistry) -> Values:
    """Attributes of a CI, as one of two registries declares them."""
    type = element["type"]
    known = {name for each in (old, new) if type in each.ci_types for name in each.attributes(type)}
    return {name: element.get(name) for name in known}


def rules_of(steps: Iterable[MigrationStep], new: TypeRegistry) -> list[dict[str, Any]]:
    """Which CIs steps would change, as `confm.cis_to_migrate` takes it."""
    words = {StepKind.FILL: "absent", StepKind.MAP: "values", StepKind.CONVERT: "text"}
    return [
        {
            "types": list(new.subtypes(each.type)),
            "name": each.attribute,
            "when": words.get(each.kind, "there"),
            "values": sorted(each.values),
        }
        for each in steps
    ]


def migrated(
    steps: Iterable[MigrationStep], type: str, values: Mapping[str, Any], new: TypeRegistry
) -> tuple[Values, list[Problem]]:
    """What steps make of the attributes of a CI of a type: new values, and what is wrong.

    Args:
        steps: In order; those for other types do nothing.
        type: Its CI type.
        values: Attributes by name.
        new: The types that are to be in force.
    """
    now, problems = dict(values), []
    for step in steps:
        if type in new.ci_types and (step.type == CI or new.is_a(type, step.type)):
            problems += _taken(step, now, new.attributes(type))
    changed = {name: value for name, value in now.items() if value != values.get(name)}
    if problems or not changed:
        return {}, problems
    known = new.attributes(type)
    kept = {name: value for name, value in changed.items() if name in known}
    stored, problems = new.normalise(type, kept, partial=True)
    return {**changed, **stored}, problems


def _taken(step: MigrationStep, now: Values, known: Mapping[str, Attribute]) -> list[Problem]:
    """Take one step on values; what is wrong with it."""
    value = now.get(step.attribute)
    match step.kind:
        case StepKind.FILL if value in (None, ""):
            now[step.attribute] = step.value
        case StepKind.MAP if isinstance(value, str) and value in step.values:
            now[step.attribute] = step.values[value]
        case StepKind.DROP if value is not None:
            now[step.attribute] = None
        case StepKind.RENAME if value is not None:
            if now.get(step.to) not in (None, "", value):
                told = f"'{step.attribute}' and '{step.to}' have values, and not the same"
                return [_fails(told, "drop one of them first")]
            now[step.to], now[step.attribute] = value, None
        case StepKind.CONVERT if isinstance(value, str):
            attribute = known.get(step.attribute)
            number = _number(value, attribute) if attribute else None
            if number is None:
                shown = "its value" if not attribute or attribute.sensitive else f"'{value[:60]}'"
                return [_fails(f"'{step.attribute}': {shown} is no number", "map or drop it first")]
            now[step.attribute] = number
    return []


def _fails(message: str, remedy: str) -> Problem:
    return Problem("MIGRATION_FAILS", message, "a migration guesses nothing", remedy, ())


def _number(text: str, attribute: Attribute) -> int | float | None:
    """The number that a text is; none where it is none, or has a part that would be lost.

    >>> whole = Attribute("x", AttributeKind.INTEGER, "")
    >>> [_number(text, whole) for text in (" 16 ", "1.5", "16 GB", "1_000")]
    [16, None, None, None]
    """
    text = text.strip()
    if _WHOLE.fullmatch(text):
        return int(text) if attribute.kind is AttributeKind.INTEGER else float(text)
    if attribute.kind is AttributeKind.INTEGER or "_" in text:
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
