"""How grave a record is: from how far elements reach, and who stands behind what they reach.

Impact comes from rules over facts of the graph, priority from the matrix of impact and urgency;
both are policies in force, whatever the process.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from fitsm_graph.flow import criteria
from fitsm_graph.flow.class_rules import ClassRules
from fitsm_graph.flow.criteria import Fact, Facts
from fitsm_graph.flow.policies import Policies
from fitsm_graph.graph.tx import Tx
from fitsm_graph.impact.reach import Reach, ReachedService, most_critical
from fitsm_graph.kernel.errors import Problem
from fitsm_graph.kernel.text import first_of

DEFAULT = "default"
IMPACT, MATRIX = "impact-rules", "priority-matrix"
FACTS: tuple[Fact, ...] = (
    criteria.SERVICES_DOWN,
    criteria.SERVICES_REACHED,
    criteria.DOWN_CRITICALITY,
    criteria.CRITICALITY,
    criteria.CUSTOMERS,
    criteria.USERS,
)
"""What the graph knows of a record when its impact is decided."""


@dataclass(frozen=True, slots=True)
class Behind:
    """Who receives the services that are reached: customers, and users of theirs."""

    customers: int
    users: int


async def behind(tx: Tx, reach: Reach) -> Behind:
    """Read who receives the services that are reached; asks nothing where none is."""
    if not reach.services:
        return Behind(0, 0)
    ids: Sequence[str] = [each.id for each in reach.services]
    return Behind(**await tx.one("flow.people_behind", services=ids))


def services_told(services: Sequence[ReachedService]) -> str:
    """Services that get worse, in words: the first few of them, and how many more there are."""
    return first_of([_service_told(each) for each in services])


def _service_told(each: ReachedService) -> str:
    critical = f", criticality {each.criticality}" if each.criticality else ""
    return f"{each.name} ({each.key}) {each.before.name} → {each.after.name}{critical}"


def facts_of(reach: Reach, people: Behind) -> Facts:
    """What criteria are held against, as far as the graph knows it."""
    return {
        "services_down": len(reach.down),
        "services_reached": len(reach.services),
        "down_criticality": most_critical(reach.down),
        "criticality": most_critical(reach.services),
        "customers": people.customers,
        "users": people.users,
        "linked_incidents": None,
    }


def in_force(policies: Policies, kind: str) -> Any:
    """The value of the default policy of a kind; None where none is in force."""
    found = policies.find(kind, DEFAULT)
    return found.value if found is not None else None


def priority(policies: Policies, impact: str | None, urgency: str | None) -> tuple[int | None, str]:
    """The priority of two classes, and a sentence that says why.

    A class that the matrix does not have, or none at all, has no priority.
    """
    matrix = in_force(policies, MATRIX)
    if matrix is None:
        return None, f"priority unknown: no {MATRIX} is in force"
    found = matrix.cells.get((impact, urgency))
    if found is None:
        return None, f"priority unknown: the matrix has none for {impact} and {urgency}"
    return found, f"priority {found}: impact {impact}, urgency {urgency}"


def impact_fits(name: str, value: ClassRules, policies: Policies) -> Iterable[Problem]:
    """The matrix in force has the classes that rules give, in the same order."""
    found = policies.find(MATRIX, DEFAULT)
    if name == DEFAULT and found is not None and found.value.impacts != value.classes:
        yield Problem(
            "POLICY_MISSING",
            "rules of impact and priority matrix have other classes",
            why=f"the matrix has {', '.join(found.value.impacts)}",
            remedy="give both the same, in the same order; retire the one, then approve the others",
            path=("classes",),
        )
