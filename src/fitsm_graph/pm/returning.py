"""A problem is given back for information to who reported it (PR10.2)."""

from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.returning import answered, asked, returned, said
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx, check_version
from fitsm_graph.graph.verb import verb
from fitsm_graph.model.declare import Process
from fitsm_graph.pm.within import OVER, AProblem, known_problem


@verb("problem.return", room=Process.PM, requirement="PR10.2", on="Problem")
async def return_problem(
    tx: Tx, policies: Policies, ref: AProblem, question: str, *, expected_version: int | None = None
) -> Properties:
    """Give a problem back to who reported it for information (PR10.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the problem.
        question: What is missing.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg problem return PRB-000001 "how often, and on which machines?"

    Raises:
        NotFound: There is no such problem.
        Refused: Its cause is found already.
        Conflict: VERSION_CONFLICT.
    """
    missing = asked(question, "PR10.2")
    problem = (await known_problem(tx, ref))["problem"]
    check_version(problem, expected_version)
    return returned(tx, policies, "Problem", problem, missing, remedy=OVER)


@verb("problem.answer", room=Process.PM, requirement="PR10.2", on="Problem")
async def answer_problem(
    tx: Tx, policies: Policies, ref: AProblem, answer: str, *, expected_version: int | None = None
) -> Properties:
    """Give the information that a problem was returned for; it is investigated then (PR10.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the problem.
        answer: What was missing; it is added to what is known, with the question.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg problem answer PRB-000001 "on both, each Monday"

    Raises:
        NotFound: There is no such problem.
        Refused: It was not returned.
        Conflict: VERSION_CONFLICT.
    """
    known = said(answer, "PR10.2")
    problem = (await known_problem(tx, ref))["problem"]
    check_version(problem, expected_version)
    return answered(tx, policies, "Problem", problem, known, remedy=OVER)
