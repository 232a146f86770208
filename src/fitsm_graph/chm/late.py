"""What is late of changes: reviews, tasks, and approvals that hold no more (PR12.4, PR12.5)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from fitsm_graph.chm import assessing
from fitsm_graph.chm.within import Row
from fitsm_graph.flow.due import Due, Look
from fitsm_graph.flow.policies import Policies
from fitsm_graph.graph.graph import Graph
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.model.declare import Process

WAITING = frozenset({"approved", "scheduled"})
"""States of a change that is approved and not begun."""


async def changes_due(graph: Graph, _policies: Policies, now: datetime) -> list[Due]:
    """Post implementation reviews that nobody held, and tasks that are late (PR12.5)."""
    return [
        Due(
            "change_task" if row["of"] else "change_review",
            Process.CHM,
            row["key"],
            f"{row['key']} was to be done for {row['of']}"
            if row["of"]
            else f"{row['key']} is to be reviewed",
            row["due"],
            row["id"],
        )
        for row in await graph.rows("chm.changes_due", at=to_text(now))
    ]


def approvals_void(reaches: Callable[[], Awaitable[Reaches]]) -> Look:
    """A look at changes whose approval holds no more: it is over, or they are something else now.

    Args:
        reaches: Says what their elements do to services.
    """

    async def look(graph: Graph, _policies: Policies, now: datetime) -> list[Due]:
        rows = await graph.rows("chm.approvals_in_force")
        if not rows:
            return []
        reaching, at = await reaches(), to_text(now)
        return await asyncio.to_thread(_void, rows, reaching, at)

    return look


def _void(rows: list[dict[str, Any]], reaching: Reaches, at: str) -> list[Due]:
    found = []
    for row in rows:
        change, why = row["change"], void_because(row, reaching, at)
        if why:
            until = change.get("approved_until")
            since = until if until is not None and until <= at else change.get("approved_at") or at
            title = f"{change['key']} is approved no more, and has to be assessed again: {why}"
            due = Due("approval_void", Process.CHM, change["key"], title, since, change["id"])
            found.append(due)
    return found


def void_because(row: Mapping[str, Any], reaching: Reaches, at: str) -> str:
    """Why the approval of a change holds no more; empty: it does.

    Args:
        row: ``{change, alters, standard}``.
        reaching: Says what its elements do to services.
        at: The moment.
    """
    try:
        change = Row(row["change"], row["alters"], (), None, row["standard"], ())
        assessing.check_approval(change, reaching, at)
    except Refused as refusal:
        return refusal.problem.why or refusal.problem.message
    return ""
