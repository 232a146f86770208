"""What waits for those who answer for elements, in one list (PR11.2, PR11.4, PR11.5)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from fitsm_graph.confm.completing import rules_of
from fitsm_graph.confm.policies import COMPLETENESS, Completeness
from fitsm_graph.confm.source_register import SourceState, source_register
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.weighing import DEFAULT
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.sight import Sight, Sources
from fitsm_graph.model.registry import TypeRegistry


class WorkKind(StrEnum):
    """What is to be done."""

    ATTESTATION = "attestation"
    SOURCE = "source"
    REVIEW = "review"
    RETIREMENT = "retirement"
    DEVIATION = "deviation"
    INCOMPLETE = "incomplete"


TO_DO: Mapping[WorkKind, str] = {
    WorkKind.ATTESTATION: "say whether it is as recorded",
    WorkKind.SOURCE: "see why no run was completed",
    WorkKind.REVIEW: "hold the review",
    WorkKind.RETIREMENT: "decide whether it is retired",
    WorkKind.DEVIATION: "put it right, or have it accepted",
    WorkKind.INCOMPLETE: "find out what is missing",
}


@dataclass(frozen=True, slots=True)
class Work:
    """One thing that waits.

    Attributes:
        subject: Key of the record or element that it is about.
        element: ``{id, key, name, kind, type}``; None: it is about none.
        to_do: What is to be done, in words.
        missing: What is not known, or too old (`fresh`).
        due: By when; None: nobody has said.
    """

    kind: WorkKind
    subject: str
    element: Mapping[str, Any] | None
    to_do: str
    missing: tuple[str, ...]
    since: str
    due: str | None

    @property
    def place(self) -> tuple[bool, str, int, str, str, str]:
        """Where it stands among all: what is due first, then what waits for longest."""
        key = self.element["key"] if self.element else ""
        rank = list(WorkKind).index(self.kind)
        return (self.due is None, self.due or "", rank, self.since, self.subject, key)


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose work is meant, and who asks.

    Attributes:
        parties: Ids of persons and groups.
        sight: CI types that the reader sees; None: all.
        sources: Names of sources that the reader may look at; None: all.
    """

    parties: frozenset[str]
    sight: Sight = None
    sources: Sources = None


async def owner_work(
    graph: Graph, policies: Policies, registry: TypeRegistry, now: datetime, whose: Whose
) -> tuple[list[Work], int]:
    """All that waits for some, what is due first; and how many elements they answer for.

    Args:
        graph: Where it is.
        policies: In force.
        registry: The types in force.
        now: The moment.
        whose: Who answers, and who asks.
    """
    rule: Completeness = policies.value(COMPLETENESS, DEFAULT)
    (row,) = await graph.rows(
        "confm.owner_work",
        parties=sorted(whose.parties),
        rules=rules_of(rule, registry, now),
        bar=rule.bar,
        all=whose.sight is None,
        types=sorted(whose.sight or ()),
    )
    found = [*_of_elements(row["work"]), *_of_reviews(row["reviews"])]
    for each in await source_register(graph, now, sources=whose.sources):
        if each.state is SourceState.OVERDUE and each.owner and each.owner["id"] in whose.parties:
            late = each.due_at or ""
            what = (f"{TO_DO[WorkKind.SOURCE]}: {each.name}", ())
            found.append(Work(WorkKind.SOURCE, each.record["key"], None, *what, late, late))
    return sorted(found, key=lambda each: each.place), row["elements"]


def _of_elements(rows: Iterable[Mapping[str, Any]]) -> Iterable[Work]:
    for each in rows:
        kind = WorkKind(each["kind"])
        ends = (tuple(each["missing"]), each["since"], each["due"])
        yield Work(kind, each["subject"], each["element"], TO_DO[kind], *ends)


def _of_reviews(rows: Iterable[Mapping[str, Any]]) -> Iterable[Work]:
    for each in rows:
        what = f"{TO_DO[WorkKind.REVIEW]}: {each['title']}"
        yield Work(WorkKind.REVIEW, each["subject"], None, what, (), each["since"], each["due"])
