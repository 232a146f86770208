"""What is due of open incidents and service requests, and done without anybody asking (PR9.3)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from fitsm_graph.flow.agreements import path_of
from fitsm_graph.flow.escalation_path import PATH, DueStep
from fitsm_graph.flow.lives import life_of
from fitsm_graph.flow.past_states import steps_of
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.scheduler import Job, OneByOne, Turn, Went
from fitsm_graph.graph.changes import Properties, kind_of
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import VERBS
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.isrm.cases import INCIDENT
from fitsm_graph.isrm.clocks import agreements_of, lives_of
from fitsm_graph.isrm.escalation_rules import due_steps
from fitsm_graph.kernel.text import plural
from fitsm_graph.model.declare import RECORDS

AT_ONCE = 200
EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Due:
    """A step that is due for a record.

    Attributes:
        record: Its properties.
    """

    kind: str
    record: Properties
    step: DueStep


async def due_of_open(graph: Graph, policies: Policies, now: datetime, limit: int) -> list[Due]:
    """Steps of the escalation path that are due and were not taken, the earliest first.

    Args:
        graph: Where the records are.
        policies: In force.
        now: The moment.
        limit: Open records that are looked at, those that break soonest; what was escalated to
            the top already is none of them.
    """
    most = max((len(each.value.steps) for each in policies if each.kind == PATH), default=0)
    found = []
    states = {
        name: life_of(policies, kind).going
        for name, kind in (("states", INCIDENT), ("requests", "ServiceRequest"))
    }
    for row in await graph.rows("isrm.open_cases", **states, steps=most, limit=limit):
        record, kind = row["record"], kind_of(row["labels"])
        lives = lives_of(life_of(policies, kind), steps_of(record, row["changes"]))
        agreed = agreements_of(policies, record, row["versions"])
        path, taken = path_of(policies, agreed), record.get("escalation_level", 0)
        due = due_steps(path, taken, agreed, record.get("target_priority"), lives, now)
        found += [Due(kind, record, each) for each in due]
    found.sort(key=lambda each: (each.step.since, each.record["key"], each.step.number))
    return found


def escalating(
    graph: Graph,
    policies: Callable[[], Awaitable[Policies]],
    reaches: Callable[[], Awaitable[Reaches]],
) -> Job:
    """The job that takes the steps which time has made due, one of each record in a turn."""

    async def run(turn: Turn) -> Went:
        ruled = await policies()
        due = await due_of_open(graph, ruled, turn.now, AT_ONCE)
        first = {each.record["id"]: each for each in reversed(due)}
        taken = OneByOne()
        for each in first.values():
            work = _take(graph, ruled, await reaches(), each)
            await taken.do(each.record["key"], work)
        said = taken.said(f"{plural(taken.done, 'step')} taken")
        return Went(said, again=taken.done > 0 and len(due) > len(first))

    return Job("escalate", EVERY, run, "Takes the steps of escalation that are due.")


async def _take(graph: Graph, policies: Policies, reaching: Reaches, due: Due) -> None:
    """Take a step by the verb that people use, of the record as it was when the step was due."""
    step, record = due.step, due.record
    request = step.request(record)
    run = VERBS[f"{RECORDS[due.kind].group}.escalate_up"].run
    why = f"{step.step.at:.0%} of the time for {step.target} is used"
    version = record["version"]
    await graph.write(
        run, request, policies, reaching, record["id"], why, by_rule=True, expected_version=version
    )
