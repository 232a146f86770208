"""How complete and fresh the CMDB is, by what has to be known of each type (PR11.2)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fitsm_graph.confm.policies import Completeness
from fitsm_graph.confm.selections import KINDS
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.model.registry_types import CI

NOBODY = "-"
"""Stands for who answers for what nobody answers for."""


@dataclass(frozen=True, slots=True)
class Scored:
    """An element, and what is missing of it.

    Attributes:
        asked: How much has to be known.
        missing: What is not: names of attributes and relations, `owner`, or `fresh`.
    """

    id: str
    key: str
    name: str
    kind: str
    type: str | None
    owner: str | None
    asked: int
    missing: tuple[str, ...]

    @classmethod
    def of(cls, row: Sequence[Any]) -> "Scored":
        """Read an element of a row of `confm.completeness`."""
        id, key, name, kind, type, owner, asked, missing = row
        return cls(id, key, name, kind, type, owner, asked, tuple(missing))

    @property
    def score(self) -> float:
        """Share of what has to be known that is."""
        return 1 - len(self.missing) / self.asked


def rules_of(rule: Completeness, registry: TypeRegistry, now: datetime) -> dict[str, Any]:
    """What has to be known by CI type, or by kind, as the statement takes it.

    Args:
        rule: In force.
        registry: The types in force.
        now: The moment; what is older than allowed then is not fresh.
    """
    wanted = [*((kind, "") for kind in KINDS), *((CI, name) for name in registry.ci_types)]
    made = {}
    for kind, type in wanted:
        known = rule.of(kind, type, registry)
        fresh = None if known.fresh is None else to_text(now - known.fresh)
        made[type or kind] = {
            "known": list(known.known),
            "related": list(known.related),
            "fresh": fresh,
        }
    return made


def line(name: str, elements: Sequence[Scored], bar: float) -> dict[str, Any]:
    """Counts and score of some elements; no score of none."""
    shares = [each.score for each in elements]
    return {
        "name": name,
        "checked": len(elements),
        "below": sum(share < bar for share in shares),
        "score": round(sum(shares) / len(shares), 4) if shares else None,
    }


def lines_by(
    elements: Iterable[Scored], bar: float, name_of: Callable[[Scored], str]
) -> list[dict[str, Any]]:
    """The same for groups of them, the worst first."""
    groups: dict[str, list[Scored]] = {}
    for each in elements:
        groups.setdefault(name_of(each), []).append(each)
    return worst_first([line(name, each, bar) for name, each in groups.items()])


def worst_first(lines: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Lines with the lowest score first; those without one last."""
    ordered = sorted(
        lines, key=lambda each: (each["score"] is None, each["score"] or 0.0, each["name"])
    )
    return [dict(each) for each in ordered]


def work_list(elements: Iterable[Scored], bar: float) -> list[Scored]:
    """Those below the bar, the least known first."""
    below = (each for each in elements if each.score < bar)
    return sorted(below, key=lambda each: (each.score, each.key))
