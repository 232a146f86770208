"""What is due in problem management: incidents looked through, and problems escalated."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from fitsm_graph.flow.escalation_path import DueStep, path_in_force
from fitsm_graph.flow.lives import life_of
from fitsm_graph.flow.periods import last_whole
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.scheduler import Job, OneByOne, Turn, Went
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import VERBS, Request
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.impact.topology import Topology
from fitsm_graph.kernel.text import plural
from fitsm_graph.pm.looking import look
from fitsm_graph.pm.policies import PATH_NAME
from fitsm_graph.pm.rules import due_steps
from fitsm_graph.pm.trend_rules import RULES
from fitsm_graph.pm.trending import begin_trend_review, identity_of

EVERY = timedelta(minutes=10)
AT_ONCE = 200
PROBLEM = "Problem"
SETTLED = timedelta(hours=1)
"""After the end of a period, until all that belongs to it was recorded by other jobs."""
SCHEDULED = Request(actor="system", via="scheduler", reason="the period is over")


@dataclass(frozen=True, slots=True)
class Due:
    """A step of the escalation path that is due of a problem.

    Attributes:
        record: Its properties.
    """

    record: Properties
    step: DueStep


def reviewing(
    graph: Graph,
    policies: Callable[[], Awaitable[Policies]],
    topology: Callable[[], Awaitable[Topology]],
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
            if identity in row["kept"] or (row["began"] or period.until) >= period.until:
                continue
            looked = await look(graph, await topology(), version, period)
            given = {"rules": version.name, "since": period.since, "until": period.until}
            work = graph.write(begin_trend_review, SCHEDULED, ruled, looked, **given)
            await begun.do(version.name, work)
        return Went(begun.said(f"{plural(begun.done, 'period')} looked through"))

    return Job("trends", EVERY, run, "Looks through the incidents of periods that are over.")


async def due_of_open(graph: Graph, policies: Policies, now: datetime) -> list[Due]:
    """Steps of the escalation path that are due of problems, of each the lowest (PR10.2)."""
    path, life = path_in_force(policies, PATH_NAME), life_of(policies, PROBLEM)
    states = sorted(set(life.states) - life.ends)
    given = {"states": states, "steps": len(path.steps), "limit": AT_ONCE}
    rows = await graph.rows("pm.open_problems", **given)
    due = [(row["record"], due_steps(path, row["record"], now)) for row in rows]
    found = [Due(record, steps[0]) for record, steps in due if steps]
    return sorted(found, key=lambda each: (each.step.since, each.record["key"]))


def escalating(
    graph: Graph,
    policies: Callable[[], Awaitable[Policies]],
    reaches: Callable[[], Awaitable[Reaches]],
) -> Job:
    """The job that takes the steps which time has made due, one of each problem in a turn."""

    async def run(turn: Turn) -> Went:
        ruled = await policies()
        taken = OneByOne()
        for each in await due_of_open(graph, ruled, turn.now):
            work = _take(graph, ruled, await reaches(), each)
            await taken.do(each.record["key"], work)
        return Went(taken.said(f"{plural(taken.done, 'step')} taken"), again=taken.done > 0)

    return Job("escalate-problems", EVERY, run, "Takes the steps of escalation due of problems.")


async def _take(graph: Graph, policies: Policies, reaching: Reaches, due: Due) -> None:
    """Take a step by the verb that people use, of the problem as it was when the step was due."""
    step, record = due.step, due.record
    run, why = VERBS["problem.escalate_up"].run, f"{step.step.at:.0%} of its time is used"
    more = {"by_rule": True, "expected_version": record["version"]}
    await graph.write(run, step.request(record), policies, reaching, record["id"], why, **more)
