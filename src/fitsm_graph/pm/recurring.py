"""What comes back and has no step list yet: it is suggested to get one (PR9.2)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fitsm_graph.flow.due import Due
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.step_form import STEP_LIST, SUGGESTING, Suggesting
from fitsm_graph.flow.weighing import in_force
from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.clock import from_text
from fitsm_graph.model.declare import Process

MATTER = "step_list_wanted"


async def step_lists_wanted(graph: Graph, policies: Policies, _now: datetime) -> list[Due]:
    """Known errors, and causes without one, whose incidents came back often enough (PR9.2).

    Each is due since the incident by which it had come back so often.
    """
    rule: Suggesting | None = in_force(policies, SUGGESTING)
    if rule is None:
        return []
    lists = (each.value for each in policies if each.kind == STEP_LIST)
    led = [each.category for each in lists if each.record == "Incident" and each.category]
    found = []
    for row in await graph.rows("pm.step_lists_wanted", led=sorted(set(led))):
        last = came_back(row["incidents"], rule)
        if last is not None:
            found.append(_due(row, last, rule))
    return found


def came_back(incidents: Sequence[Mapping[str, Any]], rule: Suggesting) -> Mapping[str, Any] | None:
    """The incident by which something had come back often enough; None: it never has.

    Args:
        incidents: Of it, as ``{at}``, the earliest first.
        rule: How often is enough, and in how much time.
    """
    for first, last in zip(incidents, incidents[rule.times - 1 :], strict=False):
        if from_text(last["at"]) - from_text(first["at"]) <= rule.within:
            return last
    return None


def _due(row: Mapping[str, Any], last: Mapping[str, Any], rule: Suggesting) -> Due:
    """A matter of the desk: it is there that the steps are taken."""
    often = f"came back {rule.times} times, and no step list leads"
    subject = row["key"] if row["known"] else last["key"]
    what = row["key"] if row["known"] else f"the cause of {last['key']}"
    record = row["id"] if row["known"] else last["id"]
    return Due(MATTER, Process.ISRM, subject, f"{what} {often}", last["at"], record)
