"""Escalation of problems: to who can find the cause, and to who decides (PR10.2)."""

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
from fitsm_graph.model.declare import Process
from fitsm_graph.model.disturbance import Effect
from fitsm_graph.pm.policies import PATH_NAME
from fitsm_graph.pm.within import OVER, known_problem

PROBLEM = "Problem"
AProblem = Annotated[str, Of(PROBLEM)]


async def _escalate(
    tx: Tx, policies: Policies, ref: AProblem, why: str, *, to: Annotated[str, Of("Party")] = ""
) -> Properties:
    said = told(why, "why", "say why others have to look at it", "PR10.2")
    problem: Properties = (await known_problem(tx, ref))["problem"]
    stepped(policies, PROBLEM, problem, "problem.escalate", remedy=OVER)
    await hand_on(tx, problem, path_in_force(policies, PATH_NAME), said, to, "PR10.2")
    return problem


async def _escalate_up(
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


_FUNCTIONAL = (
    "    why: Why others have to look at it.\n"
    "    to: Id or key of a person or group; left out: who owns what it investigates, or the next\n"
    "        line of support.\n"
)
_HIERARCHICAL = (
    "    why: Why somebody has to decide.\n"
    "    by_rule: Time made it due; it is taken where nobody stands on it as well, so that the\n"
    "        steps above it come. Else a person wanted it.\n"
    "    expected_version: Version that it must have; refused otherwise.\n"
)
declare(
    PROBLEM,
    "escalate",
    _escalate,
    "Hand it to who can find the cause: found in the graph, unless named (PR10.2)",
    args=_FUNCTIONAL,
    example='"it is in the firmware"',
    also=Process.SMS,
)
declare(
    PROBLEM,
    "escalate_up",
    _escalate_up,
    "Tell who stands on the next step of the escalation path (PR10.2)",
    args=_HIERARCHICAL,
    example='"the supplier does not answer"',
    called="escalate_{}_up",
    also=Process.SMS,
)
