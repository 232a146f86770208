"""Escalation of records: to who can solve it, and to who decides (PR9.3, PR10.2).

What was escalated, why and to whom is a record of the system as a whole, whatever the process.
"""

from typing import Annotated

from fitsm_graph.flow.declaring import declare
from fitsm_graph.flow.escalating import hand_on, tell_up
from fitsm_graph.flow.escalation_path import path_in_force
from fitsm_graph.flow.lives import stepped
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import told
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx, check_version
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.isrm.cases import Case, allowed, case_of
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
        taken = await tell_up(
            tx,
            record,
            path_in_force(policies),
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


async def _escalate_problem_up(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    ref: AProblem,
    why: str,
    *,
    by_rule: bool = False,
    expected_version: int | None = None,
) -> Properties:
    said = told(why, "why", "say why somebody has to decide", "PR10.2")
    row = await known_problem(tx, ref)
    problem: Properties = row["problem"]
    check_version(problem, expected_version)
    stepped(policies, PROBLEM, problem, "problem.escalate_up", remedy=OVER)
    suspected = [each["id"] for each in row["investigates"]]
    reach = reaching.alone(dict.fromkeys(suspected, Effect.DOWN))
    taken = await tell_up(
        tx,
        problem,
        path_in_force(policies, PATH_NAME),
        said,
        over=(Process.PM, [each.key for each in reach.services]),
        by_rule=by_rule,
        requirement="PR10.2",
    )
    return tx.update(PROBLEM, problem, {"escalation_level": taken})


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
declare(
    PROBLEM,
    "escalate_up",
    _escalate_problem_up,
    "Tell who stands on the next step of the escalation path (PR10.2)",
    args=_TO_DECIDE,
    example='"the supplier does not answer"',
    called="escalate_{}_up",
    also=Process.SMS,
)
