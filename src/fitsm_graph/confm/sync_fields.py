"""Own fields of elements and properties of relations: which values are in order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fitsm_graph.confm.fields import COMMON_FIELDS, NAME_LENGTH, OWN_FIELDS
from fitsm_graph.confm.rules import HAS_MEMBER
from fitsm_graph.confm.ties import is_moment
from fitsm_graph.kernel.errors import Problem
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.confm import Lifecycle, Strength


@dataclass(frozen=True, slots=True)
class Rule:
    """When a value is in order, and how that is said."""

    fits: Callable[[Any], bool]
    said: str


def tie_faults(
    type_name: str, properties: Mapping[str, Any], path: tuple[str | int, ...]
) -> list[Problem]:
    """What is wrong with the properties of a relation."""
    faults = []
    for name, value in properties.items():
        rule = TIE_RULES.get(name)
        place = (*path, "properties", name)
        if rule is None:
            remedy = did_you_mean(name, TIE_RULES)
            faults.append(problem(f"a relation has no '{name}'", place, remedy))
        elif not rule.fits(value):
            faults.append(problem(f"'{name}' {rule.said}", place, "", "BAD_VALUE"))
    if properties.get("weight") is not None and type_name != HAS_MEMBER:
        faults.append(problem("'weight' belongs to HAS_MEMBER", path, "leave it out", "BAD_VALUE"))
    return faults


def problem(
    message: str, path: tuple[str | int, ...], remedy: str = "", code: str = "BAD_RECORD"
) -> Problem:
    """Say what is wrong with a row, and where."""
    return Problem(code, message, remedy=remedy, path=path)


def _is_text(value: Any) -> bool:
    """Text that both UTF-8 and the database can hold."""
    if not isinstance(value, str) or "\0" in value:
        return False
    return value.isascii() or not any("\ud800" <= each <= "\udfff" for each in value)


def _is_name(value: Any) -> bool:
    return _is_text(value) and len(value.strip()) > 0 and len(value) <= NAME_LENGTH


def _whole(low: int, high: int = 2**31 - 1) -> Callable[[Any], bool]:
    def fits(value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high

    return fits


def _is_share(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _is_truth(value: Any) -> bool:
    return isinstance(value, bool)


def _or_null(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or fits(value)


_STRENGTHS = frozenset(each.value for each in Strength)
_STAGES = (Lifecycle.PLANNED.value, Lifecycle.LIVE.value)
_ALL_RULES = {
    "name": Rule(_is_name, f"is text of 1 to {NAME_LENGTH} characters"),
    "description": Rule(_is_text, "is text"),
    "lifecycle": Rule(lambda value: value in _STAGES, f"is one of {', '.join(_STAGES)}"),
    "is_source": Rule(_is_truth, "is true or false"),
    "criticality": Rule(_whole(1, 4), "is a whole number from 1 to 4"),
    "need": Rule(_or_null(_whole(0)), "is a whole number, 0 or more"),
    "need_share": Rule(_or_null(_is_share), "is a share from 0 to 1"),
    "strength": Rule(lambda value: value in _STRENGTHS, "is hard, soft or info"),
    "grounded": Rule(_is_truth, "is true or false"),
    "reserve": Rule(_or_null(_whole(0)), "is a whole number, 0 or more"),
}
FIELDS: Mapping[str, Mapping[str, Rule]] = {
    kind: {name: _ALL_RULES[name] for name in (*COMMON_FIELDS, *own)}
    for kind, own in OWN_FIELDS.items()
}
TIE_RULES = {
    "weight": Rule(_or_null(_whole(1)), "is a whole number, 1 or more"),
    "strength": Rule(_or_null(lambda value: value in _STRENGTHS), "is hard, soft or info"),
    "grounded": Rule(_or_null(_is_truth), "is true or false"),
    "confidence": Rule(_or_null(_is_share), "is a share from 0 to 1"),
    "verified_at": Rule(_or_null(is_moment), "is a moment, as 2026-11-23T08:30:00Z"),
}
