"""What values the fields of elements may have, whoever gives them; pure, table-driven."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from fitsm_graph.kernel.errors import Problem
from fitsm_graph.model.confm import Lifecycle, Strength

Properties = dict[str, Any]
NAME_LENGTH = 500

OWN_FIELDS: Mapping[str, tuple[str, ...]] = {
    "Service": ("criticality",),
    "ServiceComponent": (),
    "CI": (),
    "RedundancyGroup": ("need", "need_share", "strength", "grounded", "reserve"),
}
"""Fields that only elements of one kind have."""

COMMON_FIELDS = ("name", "description", "lifecycle", "is_source")


def field_problems(kind: str, values: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with fields of an element of a kind; those that are null say nothing."""
    problems = [
        problem(f"a {kind} has no {name}", (name,), remedy="leave it out")
        for name in values
        if name not in {*COMMON_FIELDS, *OWN_FIELDS[kind]}
    ]
    checks: dict[str, tuple[bool, str]] = {
        "criticality": (between(values.get("criticality"), 1, 4), "is a whole number from 1 to 4"),
        "need": (between(values.get("need"), 0, 2**31 - 1), "is a whole number, 0 or more"),
        "reserve": (between(values.get("reserve"), 0, 2**31 - 1), "is a whole number, 0 or more"),
        "need_share": (is_share(values.get("need_share")), "is a share from 0 to 1"),
        "name": (is_name(values.get("name", "x")), f"has 1 to {NAME_LENGTH} characters"),
        "description": (isinstance(values.get("description"), str), "is text"),
        "lifecycle": _word_of(values.get("lifecycle"), Lifecycle),
        "strength": _word_of(values.get("strength"), Strength),
        "is_source": (isinstance(values.get("is_source"), bool), "is true or false"),
        "grounded": (isinstance(values.get("grounded"), bool), "is true or false"),
    }
    problems += [
        problem(f"'{name}' {rule}", (name,), why=f"it is {values[name]!r:.80}", code="BAD_VALUE")
        for name, (holds, rule) in checks.items()
        if values.get(name) is not None and not holds
    ]
    if values.get("need") is not None and values.get("need_share") is not None:
        problems.append(
            problem("a group has a need or a share, not both", ("need_share",), remedy="drop one")
        )
    return problems


def kept_fields(kind: str, current: Mapping[str, Any]) -> Properties:
    """Fields that only elements of a kind have, as far as one has them."""
    return {name: current[name] for name in OWN_FIELDS[kind] if name in current}


def between(value: Any, low: int, high: int) -> bool:
    """Whether a value is a whole number between two, both included."""
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def is_share(value: Any) -> bool:
    """Whether a value is a number from 0 to 1."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def is_name(value: Any) -> bool:
    """Whether a value is text that an element can be called."""
    return isinstance(value, str) and 0 < len(value.strip()) <= NAME_LENGTH


def problem(
    message: str, path: tuple[str | int, ...], *, why: str = "", remedy: str = "", code: str = ""
) -> Problem:
    """A problem with what was given; BAD_INPUT where it has no code of its own."""
    return Problem(code or "BAD_INPUT", message, why, remedy, path)


def _word_of(value: Any, known: type[StrEnum]) -> tuple[bool, str]:
    """Whether a value is a word of an enumeration, and the rule that it is.

    With any other one there, nobody could compute over the whole graph.
    """
    words = [each.value for each in known]
    return isinstance(value, str) and value in words, f"is {', '.join(words)}"
