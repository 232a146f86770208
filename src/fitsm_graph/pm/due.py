"""What is due in problem management: incidents are looked through."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from fitsm_graph.flow.periods import PERIOD_OVER, SETTLED, last_whole
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.scheduler import Job, OneByOne, Turn, Went
from fitsm_graph.graph.graph import Graph
from fitsm_graph.impact.mapped import Mapped
from fitsm_graph.kernel.text import plural
from fitsm_graph.pm.looking import look
from fitsm_graph.pm.trend_rules import RULES
from fitsm_graph.pm.trending import begin_trend_review, identity_of

EVERY = timedelta(minutes=10)


def reviewing(
    graph: Graph,
    policies: Callable[[], Awaitable[Policies]],
    mapped: Callable[[], Awaitable[Mapped]],
) -> Job:
    """The job that looks through the last whole period of each set of rules, once."""

    async def run(turn: Turn) -> Went:
        ruled = await policies()
        over = turn.now - SETTLED
        due = [
            (each, last_whole(each.value.every, over)[0]) for each in ruled if each.kind == RULES
        ]
        wanted = [(identity_of(each.name, period), each, period) for each, period in due]
        identities = [each[0] for each in wanted]
        (row,) = await graph.rows("pm.trend_reviews_kept", identities=identities)
        begun = OneByOne()
        for identity, version, period in wanted:
            if identity in row["kept"] or not period.saw(row["began"]):
                continue
            looked = await look(graph, await mapped(), version, period)
            given = {"rules": version.name, "since": period.since, "until": period.until}
            work = graph.write(begin_trend_review, PERIOD_OVER, ruled, looked, **given)
            await begun.do(version.name, work)
        return Went(begun.said(f"{plural(begun.done, 'period')} looked through"))

    return Job("trends", EVERY, run, "Looks through the incidents of periods that are over.")
