"""The planned difference of a change as others read it: items, and what they are about (PR12.5).

Change management plans it, configuration management carries it out, and what sources of discovery
say of it while it waits for them is kept with their runs.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fitsm_graph.model.registry_types import camel_case

ORDER = ("types", "add", "change", "relate", "unrelate", "retire")
"""In which parts are carried out: first what comes, last what goes."""
OWN = ("name", "description")
"""Fields besides attributes that an item may plan."""


@dataclass(slots=True)
class Wanted:
    """What is to be known of an element.

    Attributes:
        names: Fields and attributes, in either spelling.
        ties: Types of relations.
    """

    names: set[str] = field(default_factory=set)
    ties: set[str] = field(default_factory=set)

    def of(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What is wanted of values by their stored names."""
        wanted = self.names
        return {
            name: each
            for name, each in values.items()
            if name in wanted or camel_case(name) in wanted
        }


def items_of(text: str | None) -> Iterator[tuple[str, Any]]:
    """All items of a planned difference with the part they are of, in the order of their doing."""
    said = json.loads(text) if text else {}
    for part in ORDER:
        for item in said.get(part, ()):
            yield part, item


def left_of(change: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Items of a change's planned difference that are still to be carried out.

    Args:
        change: Its properties, or those of them that tell of its difference.
    """
    done, aside = change.get("difference_done") or 0, change.get("difference_aside") or ()
    for place, item in enumerate(items_of(change.get("difference"))):
        if place >= done and not (place < len(aside) and aside[place]):
            yield item


def defines_types(text: str | None) -> bool:
    """Whether a planned difference defines types: those who answer for them agree to it first."""
    return any(part == "types" for part, _ in items_of(text))


def keys_of(part: str, item: Any) -> tuple[str, ...]:
    """Keys of the elements that an item is about, that of its subject first."""
    if part == "types":
        return ()
    if part == "retire":
        return (str(item),)
    if part in {"add", "change"}:
        return (str(item["key"]),)
    return (str(item["source"]), str(item["target"]))


def planned_of(item: Mapping[str, Any]) -> dict[str, Any]:
    """Fields and attributes that an item plans, as they were said."""
    own = {name: item[name] for name in OWN if item.get(name) is not None}
    return {**own, **(item.get("attributes") or {})}


def wanted_by(texts: Iterable[str]) -> dict[str, Wanted]:
    """What some planned differences have to know of each element, by its key."""
    found: dict[str, Wanted] = {}
    for text in texts:
        for part, item in items_of(text):
            for key in keys_of(part, item):
                wanted = found.setdefault(key, Wanted())
                if part in {"add", "change"}:
                    wanted.names.update(planned_of(item))
                elif part != "retire":
                    wanted.ties.add(item["type"])
    return found
