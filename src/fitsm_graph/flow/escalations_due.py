"""Steps of escalation that time makes due, of records with a day by which they are to be done.

Problems, changes, releases and improvements go up a path of their own, as incidents do by their
clocks (PR9.3). A path's steps are shares of the time from the registration to that day; a record is
looked at while its life allows to escalate it.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fitsm_graph.flow.escalation_path import DueStep, EscalationPath, path_in_force
from fitsm_graph.flow.lives import life_of
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.scheduler import Job, OneByOne, Turn, Went
from fitsm_graph.graph.changes import Properties, kind_of
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import VERBS
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.clock import from_text
from fitsm_graph.kernel.text import plural
from fitsm_graph.model.declare import RECORDS

EVERY = timedelta(minutes=10)
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Course:
    """How records of a kind go up.

    Attributes:
        path: Name of the escalation path.
        due: Field with the day.
        target: What is to be done by then, in a word.
        requirement: That asks for it.
    """

    kind: str
    path: str
    due: str
    target: str
    requirement: str

    @property
    def verb(self) -> str:
        """Name of the verb that takes a step."""
        return f"{RECORDS[self.kind].group}.escalate_up"


COURSES: Mapping[str, Course] = {
    each.kind: each
    for each in (
        Course("Problem", "problem", "due_at", "resolution", "PR10.2"),
        Course("Change", "change", "planned_ends_at", "implementation", "PR12.2"),
        Course("Release", "release", "planned_ends_at", "deployment", "PR13.3"),
        Course("Improvement", "improvement", "due_at", "implementation", "PR14.3"),
    )
}


@dataclass(frozen=True, slots=True)
class Due:
    """A step of the escalation path that is due of a record.

    Attributes:
        record: Its properties.
    """

    kind: str
    record: Properties
    step: DueStep


def due_steps(
    path: EscalationPath, course: Course, record: Mapping[str, Any], now: datetime
) -> list[DueStep]:
    """Steps that are due of a record, the lowest first.

    Args:
        path: In force.
        course: Of its kind.
        record: Its properties; without a day by which it is due, none is.
        now: The moment.
    """
    if not record.get(course.due):
        return []
    begun = from_text(record["created_at"])
    whole = max(from_text(record[course.due]) - begun, timedelta())
    taken = int(record.get("escalation_level", 0))
    moments = [
        (number, step, begun + step.at * whole)
        for number, step in enumerate(path.steps[taken:], taken + 1)
    ]
    return [DueStep(number, step, course.target, at) for number, step, at in moments if at <= now]


async def due_of_records(
    graph: Graph, policies: Policies, now: datetime, limit: int = AT_ONCE
) -> list[Due]:
    """The lowest step that is due of each record, the earliest first.

    Args:
        graph: Where the records are.
        policies: In force.
        now: The moment.
        limit: How many are answered with, those first whose step was due first.
    """
    paths = {kind: path_in_force(policies, each.path) for kind, each in COURSES.items()}
    states = {kind: life_of(policies, kind).sources(each.verb) for kind, each in COURSES.items()}
    shares = {kind: [step.at for step in each.steps] for kind, each in paths.items()}
    at = int(now.timestamp() * 1_000) + 1  # what is due this very moment comes along, too
    asked = {"states": states, "shares": shares, "now": at, "limit": limit}
    found = []
    for row in await graph.rows("flow.open_records", **asked):
        record, kind = row["record"], kind_of(row["labels"])
        due = due_steps(paths[kind], COURSES[kind], record, now)
        found += [Due(kind, record, each) for each in due[:1]]
    return sorted(found, key=lambda each: (each.step.since, each.record["key"]))


def escalating(
    graph: Graph,
    policies: Callable[[], Awaitable[Policies]],
    reaches: Callable[[], Awaitable[Reaches]],
) -> Job:
    """The job that takes the steps which time has made due, one of each record in a turn."""

    async def run(turn: Turn) -> Went:
        ruled = await policies()
        taken = OneByOne()
        for each in await due_of_records(graph, ruled, turn.now):
            work = _take(graph, ruled, await reaches(), each)
            await taken.do(each.record["key"], work)
        return Went(taken.said(f"{plural(taken.done, 'step')} taken"), again=taken.done > 0)

    doc = "Takes the steps of escalation that are due of problems, changes, releases, improvements."
    return Job("escalate-records", EVERY, run, doc)


async def _take(graph: Graph, policies: Policies, reaching: Reaches, due: Due) -> None:
    """Take a step by the verb that people use, of the record as it was when the step was due."""
    step, record = due.step, due.record
    run, why = VERBS[COURSES[due.kind].verb].run, f"{step.step.at:.0%} of its time is used"
    more = {"by_rule": True, "expected_version": record["version"]}
    await graph.write(run, step.request(record), policies, reaching, record["id"], why, **more)
