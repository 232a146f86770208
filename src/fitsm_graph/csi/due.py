"""What is due in improvement: what KPIs said is kept, and what is late is told (PR14)."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from fitsm_graph.csi.kpis import in_force
from fitsm_graph.csi.measuring import identity_of, measure_kpi
from fitsm_graph.flow.due import Due
from fitsm_graph.flow.periods import PERIOD_OVER, SETTLED, last_whole
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.scheduler import Job, OneByOne, Turn, Went
from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.kernel.text import plural
from fitsm_graph.model.declare import Process

EVERY = timedelta(minutes=10)


def measuring(graph: Graph, policies: Callable[[], Awaitable[Policies]]) -> Job:
    """The job that keeps what each indicator said of its last period, one entry for each."""

    async def run(turn: Turn) -> Went:
        ruled = await policies()
        over = turn.now - SETTLED
        due = [(each, last_whole(each.value.every, over)[0]) for each in in_force(ruled)]
        wanted = [(identity_of(*each), *each) for each in due]
        (row,) = await graph.rows("csi.kpi_values_kept", identities=[each[0] for each in wanted])
        kept = OneByOne()
        for identity, it, period in wanted:
            if identity in row["kept"] or not period.saw(row["began"]):
                continue
            given = {"since": period.since, "until": period.until}
            await kept.do(it.name, graph.write(measure_kpi, PERIOD_OVER, ruled, it.name, **given))
        return Went(kept.said(f"{plural(kept.done, 'value')} kept"))

    return Job("measure", EVERY, run, "Keeps what KPIs said of their periods, once those are over.")


async def improvements_due(graph: Graph, _policies: Policies, now: datetime) -> list[Due]:
    """Improvements and their actions that are late (PR14.3)."""
    return [
        Due(
            "improvement_action" if row["action"] else "improvement",
            Process.CSI,
            row["key"],
            f"{row['key']} was to be {'done' if row['action'] else 'implemented'}",
            row["due"],
            row["id"],
        )
        for row in await graph.rows("csi.improvements_due", at=to_text(now))
    ]
