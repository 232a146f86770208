"""What is left to do on the rows of a compiled question before the answer leaves."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

HIDDEN = "-"
"""Start of keys that are taken out again before the answer leaves."""

States = Callable[[Sequence[str]], Mapping[str, Mapping[str, Any]]]
"""Computed fields of elements by id: ``{"state", "margin", "why"}``."""


@dataclass(slots=True)
class Finish:
    """What is left to do on the projected rows of one selection of elements.

    Attributes:
        computed: Response name to computed field.
        only: Response name to the concrete types it was selected for.
        nested: Ways to nested elements: response names from here, and what to do there.
    """

    computed: dict[str, str] = field(default_factory=dict)
    only: dict[str, frozenset[str]] = field(default_factory=dict)
    nested: list[tuple[tuple[str, ...], "Finish"]] = field(default_factory=list)

    @property
    def needed(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.computed or self.only or self.nested)

    def ids(self, row: Any) -> list[str]:
        """Ids of all elements in a row whose computed fields were selected."""
        found = [row[HIDDEN + "id"]] if self.computed else []
        for way, inner in self.nested:
            for item in _reach(row, way):
                found += inner.ids(item)
        return found

    def apply(self, row: Any, states: Mapping[str, Mapping[str, Any]]) -> None:
        """Fill computed fields and take out what does not belong to the row's type."""
        identity, concrete = row.pop(HIDDEN + "id", None), row.pop(HIDDEN + "type", None)
        for key, name in self.computed.items():
            row[key] = states.get(identity, {}).get(name)
        for way, inner in self.nested:
            for item in _reach(row, way):
                inner.apply(item, states)
        for key, types in self.only.items():
            if concrete not in types:
                row.pop(key, None)


def _reach(row: Any, way: tuple[str, ...]) -> list[Any]:
    """All values at the end of a way of keys; lists are gone through."""
    values = [row]
    for key in way:
        step = [value.get(key) for value in values if value is not None]
        values = [
            item for value in step for item in (value if isinstance(value, list) else [value])
        ]
    return [value for value in values if value is not None]
