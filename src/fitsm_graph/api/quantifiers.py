"""Some, every or none of what a pattern leads to, or how many there are; whatever it leads to."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fitsm_graph.api.fields import Field, ValueKind
from fitsm_graph.api.operators import all_true, conditions_of, negated

if TYPE_CHECKING:
    from fitsm_graph.api.statement import Statement

Path = tuple[str | int, ...]
Inner = Callable[[Mapping[str, Any], Path], list[str]]
"""Conditions of one that is led to."""
_COUNT = Field("count", ("count",), ValueKind.INTEGER, "", optional=False)


def quantified(
    made: "Statement",
    given: Mapping[str, Any],
    pattern: str,
    around: Sequence[str],
    path: Path,
    inner: Inner,
) -> list[str]:
    """Conditions of a filter with `some`, `every`, `none` and `count`.

    Args:
        made: The statement.
        given: The filter.
        pattern: Leads from what is asked about to others; empty: there are none.
        around: What holds for all of them, such as the row rule.
        path: Of the filter, for errors.
        inner: Makes the conditions of one of them.
    """
    found = []
    for name in ("some", "every", "none", "count"):
        if given.get(name) is None:
            continue
        at = (*path, name)
        if name == "count":
            place = f"COUNT {{ MATCH {pattern} WHERE {all_true(around)} }}" if pattern else "0"
            found += conditions_of(made, _COUNT, place, given[name], at)
            continue
        with made.deeper(at):
            asked = inner(given[name], at)
        if name == "every":
            asked = [negated(all_true(asked))]
        there = f"EXISTS {{ MATCH {pattern} WHERE {all_true([*around, *asked])} }}"
        there = there if pattern else "false"
        found.append(there if name == "some" else f"NOT {there}")
    return found
