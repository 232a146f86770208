"""What is resolved and nobody answers is closed once the time for that is over (PR9.5)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from fitsm_graph.flow.lives import life_of
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.scheduler import Job, OneByOne, Turn, Went
from fitsm_graph.flow.weighing import in_force
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import VERBS, Request
from fitsm_graph.isrm.closing import CLOSURE, ClosureRules
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.kernel.text import plural
from fitsm_graph.model.declare import RECORDS

EVERY = timedelta(minutes=10)
AT_ONCE = 500


def closing_unanswered(graph: Graph, policies: Callable[[], Awaitable[Policies]]) -> Job:
    """The job that closes what users do not answer, by the rules of closure in force.

    What cannot be closed yet, because a review or a step of it is open, is left and told.
    """

    async def run(turn: Turn) -> Went:
        ruled = await policies()
        rules: ClosureRules | None = in_force(ruled, CLOSURE)
        if rules is None:
            return Went()
        asked = {
            name: sorted(life_of(ruled, kind).sources(f"{RECORDS[kind].group}.close"))
            for name, kind in (("incidents", "Incident"), ("requests", "ServiceRequest"))
        }
        before = to_text(turn.now - rules.confirm_within)
        rows = await graph.rows("isrm.unanswered", **asked, before=before, limit=AT_ONCE)
        closed = OneByOne()
        for row in rows:
            await closed.do(row["key"], _close(graph, ruled, row, rules.confirm_within))
        return Went(
            closed.said(f"{plural(closed.done, 'record')} closed that nobody answered"),
            again=closed.done > 0 and len(rows) == AT_ONCE,
        )

    return Job("close-unanswered", EVERY, run, "Closes what users do not answer in time.")


async def _close(graph: Graph, policies: Policies, row: Properties, within: timedelta) -> None:
    """Close a record by the verb that people use, as it was when the time was over."""
    request = Request(
        actor="system",
        via="scheduler",
        reason=f"no user has answered within {plural(within.days, 'day')} of its resolution",
        payload={"ref": row["id"], "confirmed": False},
    )
    run = VERBS[f"{RECORDS[row['kind']].group}.close"].run
    await graph.write(run, request, policies, row["id"], expected_version=row["version"])
