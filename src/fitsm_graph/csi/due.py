"""What is due in improvement: what KPIs said is kept, and what is late is told (PR14)."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from fitsm_graph.csi.kpis import in_force
from fitsm_graph.csi.measuring import identity_of, measure_kpi
from fitsm_graph.flow.due import Due
from fitsm_graph.flow.periods import last_whole
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.scheduler import Job, Turn, Went
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.kernel.errors import FitsmError, Unavailable
from fitsm_graph.kernel.text import plural
from fitsm_graph.model.declare import Process

EVERY = timedelta(minutes=10)
SETTLED = timedelta(hours=1)
"""After the end of a period, until all that belongs to it was recorded by other jobs."""
SCHEDULED = Request(actor="system", via="scheduler", reason="the period is over")


def measuring(graph: Graph, policies: Callable[[], Awaitable[Policies]]) -> Job:
    """The job that keeps what each indicator said of its last period, one entry for each."""

    async def run(turn: Turn) -> Went:
        ruled = await policies()
        over = turn.now - SETTLED
        due = [(each, last_whole(each.value.every, over)[0]) for each in in_force(ruled)]
        wanted = [(identity_of(*each), *each) for each in due]
        (row,) = await graph.rows("csi.kpi_values_kept", identities=[each[0] for each in wanted])
        kept, left = 0, []
        for identity, it, period in wanted:
            if identity in row["kept"] or (row["began"] or period.until) >= period.until:
                continue
            given = {"since": period.since, "until": period.until}
            try:
                await graph.write(measure_kpi, SCHEDULED, ruled, it.name, **given)
            except Unavailable:
                raise
            except FitsmError as error:  # of this one: the others are not to wait for it
                left.append(f"{it.name} ({error.code})")
            else:
                kept += 1
        said = f"{plural(kept, 'value')} kept" if kept else ""
        return Went("; ".join([*filter(None, [said]), *(f"left: {each}" for each in left)]))

    return Job("measure", EVERY, run, "Keeps what KPIs said of their periods, once those are over.")


async def improvements_due(graph: Graph, _policies: Policies, now: datetime) -> list[Due]:
    """Improvements and their actions that are late (PR14.3)."""
    found = []
    for row in await graph.rows("csi.improvements_due", at=to_text(now)):
        matter, does = (
            ("improvement_action", "done")
            if row["action"]
            else (
                "improvement",
                "implemented",
            )
        )
        said = f"{row['key']} was to be {does}"
        found.append(Due(matter, Process.CSI, row["key"], said, row["due"], row["id"]))
    return found
