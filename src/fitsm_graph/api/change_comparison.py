"""The plan of a change and its variants side by side (PR12.3).

changeComparison(of: "CHG-000001") { key title worst risk because holds }
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.selection import pick
from fitsm_graph.api.types import DateTime
from fitsm_graph.chm.variants import holds
from fitsm_graph.graph.tx import found
from fitsm_graph.impact.network import Level
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.clock import from_text
from fitsm_graph.model.disturbance import Effect
from fitsm_graph.sms.rights import READ

PLANNED = "as it is planned"


@strawberry.type(description="A service that gets worse by a plan.")
class ComparedService:
    """While the change is implemented, and if it fails."""

    key: str
    name: str
    meanwhile: str = strawberry.field(description="Its state while the change is implemented.")
    if_fails: str = strawberry.field(description="Its state if the change fails.")


@strawberry.type(description="A plan of a change with what was computed of it last (PR12.3).")
class ComparedPlan:
    """One row of `changeComparison`: the change itself, then its variants."""

    key: str = strawberry.field(description="Of the change, or of the variant.")
    title: str
    status: str
    decision: str = strawberry.field(description="Why it was chosen or declined; empty: it is not.")
    starts_at: DateTime | None
    ends_at: DateTime | None
    minutes: int | None = strawberry.field(description="How long it takes; null: it has no time.")
    type: str | None
    worst: str | None = strawberry.field(
        description="Worst state of a service meanwhile; UP: none gets worse; null: not computed."
    )
    worst_if_fails: str | None = strawberry.field(description="The same if it fails.")
    services: list[ComparedService]
    services_down: int | None
    services_reached: int | None
    services_down_if_fails: int | None
    services_reached_if_fails: int | None
    margin_left: int | None
    single_points: int | None = strawberry.field(
        description="Elements that it alters and that take a service DOWN alone."
    )
    probability: int | None
    consequence: int | None
    risk: int | None
    risk_class: str
    because: list[str] = strawberry.field(description="Where its points come from.")
    collisions: list[str] = strawberry.field(description="Work at the same time, in sentences.")
    frozen_by: list[str]
    in_maintenance: bool | None
    seq: int | None = strawberry.field(description="Ledger entry whose graph it was computed on.")
    computed_at: DateTime | None
    holds: bool | None = strawberry.field(
        description="Plan and graph are still what was computed; null where it is decided on."
    )


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    return {
        "change_comparison": strawberry.field(
            resolver=answering(change_comparison),
            graphql_type=list[ComparedPlan],
            description=change_comparison.__doc__,
        )
    }


async def change_comparison(info: Info, of: strawberry.ID) -> object:
    """A change as it is planned and its variants, by what was computed of each last (PR12.3)."""
    context = info.context
    context.allow(READ)
    row = found(await context.graph.rows("chm.comparison", ref=str(of)), "change", str(of))
    reaching = Reaches(await context.impact.snapshot.current())
    told = await asyncio.to_thread(_rows, row, reaching)
    asked = asked_of(info)
    return [pick(each, asked) for each in told]


def _rows(row: Mapping[str, Any], reaching: Reaches) -> list[dict[str, Any]]:
    """The plan of a change, then its variants."""
    change = row["change"]
    open_, hit = not change.get("closed_at"), _hit(row["hit"])
    own = holds(reaching, change, hit) if open_ and row["assessed"] else None
    planned = {**change, "title": PLANNED, "decision": ""}
    rows = [_row(planned, row["assessed"], holds_=own)]
    for each in row["variants"]:
        variant = each["variant"]
        still = None
        if not variant.get("closed_at") and each["assessed"]:
            still = holds(reaching, variant, _hit(each["hit"]))
        rows.append(_row(variant, each["assessed"], holds_=still))
    return rows


def _hit(rows: list[list[str]]) -> dict[str, Effect]:
    return {id: Effect(effect) for id, effect in rows}


def _row(
    plan: Mapping[str, Any], assessed: Mapping[str, Any] | None, *, holds_: bool | None
) -> dict[str, Any]:
    starts, ends = plan.get("planned_starts_at"), plan.get("planned_ends_at")
    record = assessed["record"] if assessed else {}
    services = assessed["services"] if assessed else []
    minutes = None
    if starts and ends:
        minutes = int((from_text(ends) - from_text(starts)).total_seconds()) // 60
    return {
        "__typename": "ComparedPlan",
        "key": plan["key"],
        "title": plan["title"],
        "status": plan["status"],
        "decision": plan.get("decision") or "",
        "startsAt": starts,
        "endsAt": ends,
        "minutes": minutes,
        "type": plan.get("type"),
        "worst": _worst(services, "meanwhile") if assessed else None,
        "worstIfFails": _worst(services, "if_fails") if assessed else None,
        "services": [_service(each) for each in services],
        "servicesDown": record.get("services_down"),
        "servicesReached": record.get("services_reached"),
        "servicesDownIfFails": record.get("services_down_if_fails"),
        "servicesReachedIfFails": record.get("services_reached_if_fails"),
        "marginLeft": record.get("margin_left"),
        "singlePoints": assessed["single"] if assessed else None,
        "probability": record.get("probability"),
        "consequence": record.get("consequence"),
        "risk": record.get("risk"),
        "riskClass": record.get("risk_class", ""),
        "because": record.get("because", []),
        "collisions": sorted(assessed["collisions"]) if assessed else [],
        "frozenBy": record.get("frozen_by") or [],
        "inMaintenance": record.get("in_maintenance"),
        "seq": record.get("seq"),
        "computedAt": record.get("created_at"),
        "holds": holds_,
    }


def _service(each: Mapping[str, Any]) -> dict[str, Any]:
    states = {"meanwhile": each["meanwhile"], "ifFails": each["if_fails"]}
    return {"__typename": "ComparedService", "key": each["key"], "name": each["name"], **states}


def _worst(services: list[dict[str, Any]], when: str) -> str:
    return max((Level[each[when]] for each in services), default=Level.UP).name
