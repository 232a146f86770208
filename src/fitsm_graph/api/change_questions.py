"""What is asked about a change: whether its approval still holds (PR12.4).

changeApproval(of: "CHG-000001") { holds why }
"""

import asyncio
from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.selection import pick
from fitsm_graph.api.types import DateTime
from fitsm_graph.chm.late import WAITING, void_because
from fitsm_graph.graph.tx import found
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.sms.rights import READ


@strawberry.type(description="Whether a change is still approved as what it is now (PR12.4).")
class ChangeApproval:
    """Computed when it is asked for."""

    key: str
    status: str
    approved_until: DateTime | None
    holds: bool = strawberry.field(
        description="It is approved, not begun yet, and is what was approved; else false."
    )
    why: str = strawberry.field(description="Why it is approved no more; empty where it never was.")


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    return {
        "change_approval": strawberry.field(
            resolver=answering(change_approval),
            graphql_type=ChangeApproval,
            description=change_approval.__doc__,
        )
    }


async def change_approval(info: Info, of: strawberry.ID) -> object:
    """Whether a change is still approved, and as what it is now (PR12.4)."""
    context = info.context
    context.allow(READ)
    rows = await context.graph.rows("chm.change_context", ref=str(of))
    row = found(rows, "change", str(of))
    change = row["change"]
    waits = change["status"] in WAITING
    why = ""
    if waits:
        reaching = Reaches(await context.impact.snapshot.current())
        why = await asyncio.to_thread(
            void_because, row, reaching, to_text(context.graph.clock.now())
        )
    data = {
        "__typename": "ChangeApproval",
        "key": change["key"],
        "status": change["status"],
        "approvedUntil": change.get("approved_until"),
        "holds": waits and not why,
        "why": why,
    }
    return pick(data, asked_of(info))
