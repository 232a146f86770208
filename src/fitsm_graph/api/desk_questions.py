"""What the service desk asks of all that is open: what is due, and who is affected (PR9.3, PR9.4).

escalationsDue(at: "2026-12-01T09:00:00Z") { key step target since to }
whoIsAffected(of: "INC-000001") { element { key } customers { key } owners { key } }
"""

from collections.abc import Callable, Mapping
from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.context import Context
from fitsm_graph.api.paging import page_size
from fitsm_graph.api.selection import pick
from fitsm_graph.api.service_clocks import moment_of
from fitsm_graph.api.types import CustomerSummary, DateTime, ElementSummary, Party, State
from fitsm_graph.flow.escalation_path import DueStep
from fitsm_graph.flow.escalations_due import due_of_records
from fitsm_graph.graph.tx import found
from fitsm_graph.impact.reach import Reach, Reaches
from fitsm_graph.isrm.cases import INCIDENT, Case, asked_for
from fitsm_graph.isrm.due import due_of_open
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.sms.rights import READ


@strawberry.type(description="A step of the escalation path that is due for a record (PR9.3).")
class DueEscalation:
    """It is taken with `escalateIncidentUp` and its like, or not."""

    key: str = strawberry.field(description="Of the record.")
    kind: str
    title: str
    priority: int | None
    step: int = strawberry.field(description="Of the path in force, from 1 on.")
    share: float = strawberry.field(description="Of the target's time that makes it due.")
    target: str = strawberry.field(
        description="`response`, `resolution`, `implementation` or `deployment`."
    )
    since: DateTime
    to: list[str] = strawberry.field(description="Roles, groups and persons that it leads to.")


@strawberry.type(description="A service that a record reaches, and who is behind it (PR9.4).")
class PeopleBehind:
    """Its customers receive it; its owners answer for it."""

    element: ElementSummary
    before: State
    after: State
    customers: list[CustomerSummary]
    owners: list[Party]


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    shown: dict[str, tuple[Callable[..., Any], Any]] = {
        "escalations_due": (escalations_due, list[DueEscalation]),
        "who_is_affected": (who_is_affected, list[PeopleBehind]),
    }
    return {
        name: strawberry.field(resolver=answering(run), graphql_type=type, description=run.__doc__)
        for name, (run, type) in shown.items()
    }


# --- what is due ---------------------------------------------------------------------------------


async def escalations_due(info: Info, at: DateTime | None = None, first: int = 200) -> object:
    """Steps of the escalation path that are due and were not taken, the earliest first (PR9.3).

    Of incidents and service requests all that are due, of problems, changes, releases and
    improvements the next one. Looked at are as many open ones as `first` says, of the former
    together and of each of the latter, those first that are due soonest.
    """
    context, what = info.context, asked_of(info)
    context.allow(READ)
    given = context.graph, context.policies, moment_of(at, context.now), page_size(first)
    of_desk, of_others = await due_of_open(*given), await due_of_records(*given)
    due = [
        *((each.kind, each.record, each.step) for each in of_desk),
        *((each.kind, each.record, each.step) for each in of_others),
    ]
    due.sort(key=lambda each: each[2].since)
    return [pick(_due(*each), what) for each in due]


def _due(kind: str, record: Mapping[str, Any], due: DueStep) -> dict[str, Any]:
    return {
        "__typename": "DueEscalation",
        "key": record["key"],
        "kind": kind,
        "title": record["title"],
        "priority": record.get("priority"),
        "step": due.number,
        "share": due.step.at,
        "target": due.target,
        "since": to_text(due.since),
        "to": [f"{each.by} {each.name}" for each in due.step.to],
    }


# --- who is affected -----------------------------------------------------------------------------


async def who_is_affected(info: Info, of: strawberry.ID) -> object:
    """Services that an incident reaches now, their customers, and who answers for them (PR9.4)."""
    context, what = info.context, asked_of(info)
    context.allow(READ)
    given = asked_for(INCIDENT, str(of))
    row = found(await context.graph.rows("isrm.case_context", **given), "incident", str(of))
    reach = await _reach(context, Case(INCIDENT, row))
    ids = [each.id for each in reach.services]
    rows = await context.graph.rows("isrm.who_is_affected", services=ids, at=to_text(context.now))
    behind = {each["id"]: each for each in rows}
    shown = []
    for each in reach.services:
        face = {"id": each.id, "key": each.key, "name": each.name, "kind": "Service", "tag": "SV"}
        people = behind.get(each.id, {"customers": [], "owners": []})
        told = {
            "__typename": "PeopleBehind",
            "element": {**face, "type": None, "__typename": "ElementSummary"},
            "before": each.before.name,
            "after": each.after.name,
            "customers": [{**one, "__typename": "CustomerSummary"} for one in people["customers"]],
            "owners": [{**one, "__typename": "Party"} for one in people["owners"]],
        }
        shown.append(pick(told, what))
    return shown


async def _reach(context: Context, case: Case) -> Reach:
    reaching = Reaches(await context.impact.snapshot.current())
    return reaching.of(case.effects, case.record["key"])
