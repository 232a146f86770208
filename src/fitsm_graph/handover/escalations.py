"""Escalation of records: to who can solve it, and to who decides (PR9.3, PR10.2).

What was escalated, why and to whom is a record of the system as a whole, whatever the process.
"""

from typing import Annotated

from fitsm_graph.flow.agreements import path_of
from fitsm_graph.flow.declaring import declare
from fitsm_graph.flow.escalating import hand_on, tell_up
from fitsm_graph.flow.escalation_path import path_in_force
from fitsm_graph.flow.escalations_due import COURSES, Course
from fitsm_graph.flow.lives import stepped
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import spoken, told
from fitsm_graph.graph.changes import Properties, kind_of
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx, check_version, found
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.isrm.cases import Case, allowed, case_of
from fitsm_graph.isrm.clocks import agreements_of
from fitsm_graph.model.declare import RECORDS, Process
from fitsm_graph.model.disturbance import Effect
from fitsm_graph.model.isrm import CASE_KINDS
from fitsm_graph.pm.policies import PATH_NAME
from fitsm_graph.pm.within import OVER, known_problem

PROBLEM = "Problem"
AProblem = Annotated[str, Of(PROBLEM)]


def _declare_functional(kind: str) -> None:
    """Declare how a record of a kind is handed to who can solve it."""
    group = RECORDS[kind].group

    async def escalate(
        tx: Tx,
        policies: Policies,
        ref: Annotated[str, Of(kind)],
        why: str,
        *,
        to: Annotated[str, Of("Party")] = "",
    ) -> Properties:
        said = told(why, "why", "say why others have to look at it", "PR9.3")
        case = await case_of(tx, kind, ref)
        record = allowed(policies, case, f"{group}.escalate")
        await hand_on(tx, record, path_in_force(policies), said, to, "PR9.3")
        return record

    doc = "Hand it to who can solve it: found in the graph, unless named (PR9.3)"
    example = '"it is in the firmware"'
    declare(kind, "escalate", escalate, doc, args=_TO_OTHERS, example=example, also=Process.SMS)


def _declare_hierarchical(kind: str) -> None:
    """Declare how those who decide are told of a record of a kind."""
    group = RECORDS[kind].group

    async def escalate_up(
        tx: Tx,
        policies: Policies,
        reaching: Reaches,
        ref: Annotated[str, Of(kind)],
        why: str,
        *,
        by_rule: bool = False,
        expected_version: int | None = None,
    ) -> Properties:
        said = told(why, "why", "say why somebody has to decide", "PR9.3")
        case = await case_of(tx, kind, ref)
        check_version(case.record, expected_version)
        record = allowed(policies, case, f"{group}.escalate_up")
        agreed = agreements_of(policies, record, case.row["versions"])
        taken = await tell_up(
            tx,
            record,
            path_of(policies, agreed),
            said,
            over=(Process.ISRM, reached_services(case, reaching)),
            by_rule=by_rule,
            requirement="PR9.3",
        )
        return tx.update(kind, record, {"escalation_level": taken})

    declare(
        kind,
        "escalate_up",
        escalate_up,
        "Tell who stands on the next step of the escalation path (PR9.3)",
        args=_TO_DECIDE,
        example='"half of the time is over"',
        called="escalate_{}_up",
        also=Process.SMS,
    )


_TO_OTHERS = (
    "    why: Why others have to look at it.\n"
    "    to: Id or key of a person or group; left out: who owns what it is about, or the\n"
    "        next line of support.\n"
)
_TO_DECIDE = (
    "    why: Why somebody has to decide.\n"
    "    by_rule: Time made it due; it is taken where nobody stands on it as well, so that the\n"
    "        steps above it come. Else a person wanted it.\n"
    "    expected_version: Version that it must have; refused otherwise.\n"
)


def reached_services(case: Case, reaching: Reaches) -> list[str]:
    """Keys of the services that a record reaches: what it affects now, or what it is about."""
    if case.row.get("service"):
        return [str(case.row["service"])]
    reach = reaching.of(case.effects, str(case.record["key"]))
    return [each.key for each in reach.services]


# --- problems ------------------------------------------------------------------------------------


async def _escalate_problem(
    tx: Tx, policies: Policies, ref: AProblem, why: str, *, to: Annotated[str, Of("Party")] = ""
) -> Properties:
    said = told(why, "why", "say why others have to look at it", "PR10.2")
    problem: Properties = (await known_problem(tx, ref))["problem"]
    stepped(policies, PROBLEM, problem, "problem.escalate", remedy=OVER)
    await hand_on(tx, problem, path_in_force(policies, PATH_NAME), said, to, "PR10.2")
    return problem


# --- what has a day by which it is due -----------------------------------------------------------


def _declare_by_day(course: Course) -> None:
    """Declare how those who decide are told of a record that is due by a day."""
    kind, requirement = course.kind, course.requirement

    async def escalate_up(
        tx: Tx,
        policies: Policies,
        reaching: Reaches,
        ref: Annotated[str, Of(kind)],
        why: str,
        *,
        by_rule: bool = False,
        expected_version: int | None = None,
    ) -> Properties:
        said = told(why, "why", "say why somebody has to decide", requirement)
        rows = await tx.rows("flow.escalated_record", ref=ref)
        rows = [each for each in rows if kind_of(each["labels"]) == kind]
        row = found(rows, spoken(kind), ref)
        record: Properties = row["record"]
        check_version(record, expected_version)
        stepped(policies, kind, record, course.verb, remedy=OVER)
        hit = {id: Effect(effect) for id, effect in row["effects"]}
        services = [each.key for each in reaching.alone(hit).services] if hit else []
        taken = await tell_up(
            tx,
            record,
            path_in_force(policies, course.path),
            said,
            over=(RECORDS[kind].owner, services),
            by_rule=by_rule,
            requirement=requirement,
        )
        return tx.update(kind, record, {"escalation_level": taken})

    declare(
        kind,
        "escalate_up",
        escalate_up,
        f"Tell who stands on the next step of the escalation path ({requirement})",
        args=_TO_DECIDE,
        example='"nobody answers"',
        called="escalate_{}_up",
        also=Process.SMS,
    )


for _kind in CASE_KINDS:
    _declare_functional(_kind)
    _declare_hierarchical(_kind)
declare(
    PROBLEM,
    "escalate",
    _escalate_problem,
    "Hand it to who can find the cause: found in the graph, unless named (PR10.2)",
    args=_TO_OTHERS,
    example='"it is in the firmware"',
    also=Process.SMS,
)
for _course in COURSES.values():
    _declare_by_day(_course)
