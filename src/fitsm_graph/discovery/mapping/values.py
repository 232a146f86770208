"""Values as mappings see them: what is empty, and what a step of a path finds."""

from typing import Any


class Unfit(Exception):
    """A value that cannot be converted; says what it is and what would fit."""


def empty(value: Any) -> bool:
    """Whether a value says nothing: null, false, an empty text, list or object; zero says 0."""
    return value is None or value is False or (isinstance(value, str | list | dict) and not value)


def step(value: Any, name: str) -> Any:
    """A field of an object; null of anything else."""
    return value.get(name) if isinstance(value, dict) else None


def spread(value: Any) -> list[Any]:
    """A list with the lists in it spread out; a single value is a list of one, null of none."""
    if value is None:
        return []
    if not isinstance(value, list):
        return [value]
    if not any(isinstance(each, list) for each in value):
        return value
    found: list[Any] = []
    for each in value:
        if isinstance(each, list):
            found.extend(each)
        else:
            found.append(each)
    return found


def shown(value: Any) -> str:
    """A value for a message, cut to a readable length."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
