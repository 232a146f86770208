"""What is due in configuration management, done without anybody asking (PR11.4, PR11.5)."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from fitsm_graph.confm.policies import PLAN
from fitsm_graph.confm.reporting import DueState, verifications_due
from fitsm_graph.confm.sweeping import sweep_deviations
from fitsm_graph.flow.due import Due
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.scheduler import Job, Turn, Went
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.text import plural
from fitsm_graph.model.declare import Process
from fitsm_graph.model.registry import TypeRegistry

EVERY = timedelta(minutes=1)
SCHEDULED = Request(
    actor="system", via="scheduler", reason="controlled attributes are looked at again and again"
)


def sweeping(
    graph: Graph,
    policies: Callable[[], Awaitable[Policies]],
    registry: Callable[[], Awaitable[TypeRegistry]],
) -> Job:
    """The job that looks for deviations in what was written, some entries in a turn."""

    async def run(_turn: Turn) -> Went:
        given = (await policies(), await registry())
        done = (await graph.write(sweep_deviations, SCHEDULED, *given)).value
        said = f"{plural(done['raised'], 'deviation')} raised" if done["raised"] else ""
        return Went(said, again=done["more"])

    return Job("sweep", EVERY, run, "Looks for deviations in what was changed.")


async def plans_due(graph: Graph, policies: Policies, now: datetime) -> list[Due]:
    """Plans of verification of which one is to be begun, or is not finished in time (PR11.5)."""
    found = []
    for each in await verifications_due(graph, policies, now):
        state, running = each["state"], each["running"]
        it = policies.find(PLAN, each["plan"])
        if it is None or state in {DueState.NOT_DUE, DueState.RUNNING}:
            continue
        if running:
            title, since = f"{running} was to be finished", each["overdue_at"]
        else:
            title = f"a verification by the plan {each['plan']} is to be begun"
            since = each["due_at"]
        found.append(Due("verification", Process.CONFM, running or it.key, title, since))
    return found
