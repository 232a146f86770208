"""Verifications: what is due of their plans, and what one of them found (PR11.5).

verificationsDue { plan state dueAt running lastOutcome }
verificationReport(of: "VER-000001") { outcome all { sampled examined deviating } byOwner { name } }
"""

from collections.abc import Callable
from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.selection import pick
from fitsm_graph.api.service_clocks import moment_of
from fitsm_graph.api.types import DateTime
from fitsm_graph.confm.reporting import report, verifications_due
from fitsm_graph.graph.tx import found
from fitsm_graph.model.registry_types import camel_case
from fitsm_graph.sms.rights import READ


@strawberry.type(description="How a plan of verification stands (PR11.5).")
class DueVerification:
    """One verification of a plan at a time."""

    plan: str
    state: str = strawberry.field(description="`not_due`, `due`, `running` or `overdue`.")
    due_at: DateTime
    overdue_at: DateTime
    running: str | None = strawberry.field(description="Key of the one that is not over.")
    last: str | None = strawberry.field(description="Key of the one that was finished last.")
    last_at: DateTime | None
    last_outcome: str | None


@strawberry.type(description="What was found of an element of a sample (PR11.5).")
class VerifiedElement:
    """By who knows it, and by discovery."""

    id: strawberry.ID
    key: str
    name: str | None
    kind: str
    type: str | None
    owner: str | None = strawberry.field(description="Key of who answers for it now.")
    attested: str | None
    attested_by: str | None
    attested_at: DateTime | None
    by_owner: bool | None
    differs_in: list[str]
    note: str | None
    seen: str | None = strawberry.field(description="What discovery saw.")
    seen_in: list[str]
    deviations: list[str] = strawberry.field(description="Keys of what it brought to light.")
    open_deviations: int


@strawberry.type(description="Counts of some elements of a sample (PR11.5).")
class VerificationLine:
    """Those that the reader sees."""

    name: str
    sampled: int
    examined: int = strawberry.field(description="Attested, or known to discovery.")
    deviating: int
    as_recorded_count: int
    attested_differs: int
    not_there_count: int
    agrees_count: int
    seen_differs: int
    gone_count: int
    open_deviations: int


@strawberry.type(description="What a verification found (PR11.5).")
class VerificationReport:
    """As it is now; deviations may be decided on after it was finished."""

    key: str
    title: str
    plan: str
    plan_key: str
    seed: str
    status: str
    outcome: str
    conclusion: str
    drawn_at: DateTime
    due_at: DateTime
    compared_at: DateTime | None
    closed_at: DateTime | None
    all: VerificationLine
    by_type: list[VerificationLine]
    by_owner: list[VerificationLine]
    elements: list[VerifiedElement]


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    shown: dict[str, tuple[Callable[..., Any], Any]] = {
        "verifications_due": (due, list[DueVerification]),
        "verification_report": (verification_report, VerificationReport),
    }
    return {
        name: strawberry.field(resolver=answering(run), graphql_type=type, description=run.__doc__)
        for name, (run, type) in shown.items()
    }


async def due(info: Info, at: DateTime | None = None) -> object:
    """How each plan of verification in force stands, the soonest due first (PR11.5)."""
    context, what = info.context, asked_of(info)
    context.allow(READ)
    now = moment_of(at, context.now)
    rows = await verifications_due(context.graph, context.policies, now)
    return [pick(_typed("DueVerification", each), what) for each in rows]


async def verification_report(info: Info, of: strawberry.ID) -> object:
    """What a verification found of its sample, as far as one sees it (PR11.5)."""
    context = info.context
    context.allow(READ)
    sight = context.sight
    given = {"ref": str(of), "all": sight is None, "types": sorted(sight or ())}
    rows = await context.graph.rows("confm.verification_report", **given)
    row = found(rows, "verification", str(of))
    told = report(row["verification"], row["elements"])
    for name in ("by_type", "by_owner"):
        told[name] = [_typed("VerificationLine", each) for each in told[name]]
    told["all"] = _typed("VerificationLine", told["all"])
    told["elements"] = [_typed("VerifiedElement", each) for each in told["elements"]]
    return pick(_typed("VerificationReport", told), asked_of(info))


def _typed(kind: str, values: dict[str, Any]) -> dict[str, Any]:
    return {"__typename": kind, **{camel_case(name): each for name, each in values.items()}}
