"""Verbs over options: what could be done about a problem, compared, and chosen (PR10.2)."""

from enum import StrEnum
from typing import Annotated

from fitsm_graph.flow.lives import life_of, stepped
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import kept, titled, told
from fitsm_graph.flow.weighing import DEFAULT
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx, check_version, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.model.declare import Process
from fitsm_graph.model.pm_records import OPTION_OF
from fitsm_graph.pm.policies import RATING, SIDES
from fitsm_graph.pm.within import AProblem

AnOption = Annotated[str, Of("ProblemOption")]
_OVER = "propose another option"


class OptionAim(StrEnum):
    """What an option is to do about a problem (PR10.2)."""

    RESOLVE = "resolve"
    REDUCE = "reduce"


@verb("problem_option.propose", room=Process.PM, requirement="PR10.2", on="ProblemOption")
async def propose_problem_option(
    tx: Tx,
    policies: Policies,
    problem: AProblem,
    title: str,
    *,
    effort: str,
    risk: str,
    effect: str,
    aim: OptionAim = OptionAim.RESOLVE,
    description: str = "",
) -> Properties:
    """Say what could be done about a problem, and what it would take, risk and do (PR10.2).

    Args:
        tx: The transaction.
        policies: In force; what classes are worth is one of them.
        problem: Id or key of the problem.
        title: What could be done, in a line.
        effort: What it would take: a class of the policy.
        risk: What could go wrong with it: a class of the policy.
        effect: What it would do about the problem: a class of the policy.
        aim: It removes the cause, or makes the problem weigh less.
        description: What is known.

    Examples:
        fsg problem-option propose PRB-000001 "bound it" --effort low --risk low --effect high

    Raises:
        NotFound: There is no such problem.
        BadInput: A class is unknown.
        Refused: The problem is over, or no policy is in force.
    """
    said, given = titled(title), dict(zip(SIDES, (effort, risk, effect), strict=True))
    judged = policies.value(RATING, DEFAULT).judged(given)
    of = (await kept(tx, "Problem", problem)).record
    stepped(policies, "Problem", of, "problem_option.propose")
    status = life_of(policies, "ProblemOption").initial
    described = {"title": said, "description": description, "aim": aim, "status": status}
    option = tx.create("ProblemOption", {**described, **given, **judged})
    tx.relate(OPTION_OF.type, option["id"], of["id"])
    return option


@verb("problem_option.rate", room=Process.PM, requirement="PR10.2", on="ProblemOption")
async def rate_problem_option(
    tx: Tx,
    policies: Policies,
    ref: AnOption,
    *,
    effort: str,
    risk: str,
    effect: str,
    expected_version: int | None = None,
) -> Properties:
    """Say anew what an option would take, risk and do (PR10.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the option.
        effort: What it would take: a class of the policy.
        risk: What could go wrong with it: a class of the policy.
        effect: What it would do about the problem: a class of the policy.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg problem-option rate OPT-000001 --effort high --risk low --effect high

    Raises:
        NotFound: There is no such option.
        BadInput: A class is unknown.
        Refused: It is decided on, or no policy is in force.
        Conflict: VERSION_CONFLICT.
    """
    given = dict(zip(SIDES, (effort, risk, effect), strict=True))
    judged = policies.value(RATING, DEFAULT).judged(given)
    option = (await option_row(tx, ref))["option"]
    check_version(option, expected_version)
    stepped(policies, "ProblemOption", option, "problem_option.rate", remedy=_OVER)
    return tx.update("ProblemOption", option, {**given, **judged})


@verb("problem_option.choose", room=Process.PM, requirement="PR10.2", on="ProblemOption")
async def choose_problem_option(
    tx: Tx, policies: Policies, ref: AnOption, decision: str, *, expected_version: int | None = None
) -> Properties:
    """Choose an option, and say why; the others with the same aim are declined with it (PR10.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the option.
        decision: Why this one.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg problem-option choose OPT-000001 "the only one that lasts"

    Raises:
        NotFound: There is no such option.
        Refused: It is decided on.
        Conflict: VERSION_CONFLICT.
    """
    said = told(decision, "decision", "say why this one", "PR10.2")
    row = await option_row(tx, ref)
    option, life = row["option"], life_of(policies, "ProblemOption")
    check_version(option, expected_version)
    target = life.step(option, "problem_option.choose", remedy=_OVER)
    for other in row["others"]:
        if other["aim"] == option["aim"] and other["status"] not in life.ends:
            gone = life.step(other, "problem_option.decline", remedy=_OVER)
            _decided(tx, other, gone, f"{option['key']} was chosen")
    return _decided(tx, option, target, said)


@verb("problem_option.decline", room=Process.PM, requirement="PR10.2", on="ProblemOption")
async def decline_problem_option(
    tx: Tx, policies: Policies, ref: AnOption, decision: str
) -> Properties:
    """Say that an option will not be done, and why (PR10.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the option.
        decision: Why not.

    Examples:
        fsg problem-option decline OPT-000002 "nobody sells it any more"

    Raises:
        NotFound: There is no such option.
        Refused: It is decided on.
    """
    said = told(decision, "decision", "say why not", "PR10.2")
    option = (await option_row(tx, ref))["option"]
    target = stepped(policies, "ProblemOption", option, "problem_option.decline", remedy=_OVER)
    return _decided(tx, option, target, said)


async def option_row(tx: Tx, ref: str) -> Properties:
    """An option with its problem and the other options of that.

    Raises:
        NotFound: There is no such option.
    """
    return found(await tx.rows("pm.option_context", ref=ref), "problem option", ref)


def _decided(tx: Tx, option: Properties, target: str, said: str) -> Properties:
    decided = {"decision": said, "decided_by": tx.actor, "closed_at": tx.at}
    return tx.update("ProblemOption", option, {"status": target, **decided})
