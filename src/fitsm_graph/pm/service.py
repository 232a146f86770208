"""Verbs of problem management (PR10): problems from registration to resolution."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from fitsm_graph.flow.lives import life_of, stepped
from fitsm_graph.flow.overriding import Override
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import titled, told
from fitsm_graph.flow.schemes import check_category
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx, check_version
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.model.declare import Process
from fitsm_graph.pm.within import (
    OVER,
    AProblem,
    allowed,
    context_of,
    entered,
    incidents_of,
    known_problem,
    linked,
    suspects_of,
    weighed,
)
from fitsm_graph.pm.workarounds import retire_with


class ProblemSource(StrEnum):
    """What made somebody register a problem (PR10.1)."""

    INCIDENTS = "incidents"
    TREND = "trend"
    MAJOR_INCIDENT = "major_incident"
    CHANGE = "change"
    DEVIATION = "deviation"
    ANALYSIS = "analysis"


@verb("problem.register", room=Process.PM, requirement="PR10.1", on="Problem")
async def register_problem(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    title: str,
    *,
    investigates: Sequence[Annotated[str, Of("Element")]] = (),
    incidents: Sequence[Annotated[str, Of("Incident")]] = (),
    description: str = "",
    source: ProblemSource = ProblemSource.INCIDENTS,
    category: str = "",
    reporter: Annotated[str, Of("Person")] = "",
) -> Properties:
    """Register a problem with the incidents that it caused and the elements suspected (PR10.1).

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what elements do to services.
        title: What happens again and again, in a line.
        investigates: Elements that the cause is suspected in.
        incidents: Incidents that it caused.
        description: What is known.
        source: Where it came from.
        category: Its class, by the scheme in force.
        reporter: Id or key of the person who reports it; who registers it when left out.

    Examples:
        fsg problem register "controllers stop" --investigates sto-a --incidents INC-000001

    Raises:
        NotFound: An element, an incident or the person is not there.
        Refused: CAUSED_BY_ANOTHER.
    """
    described = {"title": titled(title), "description": description, "source": source}
    described["category"] = check_category(policies, category)
    row = await context_of(tx, None, investigates, incidents, reporter)
    suspected = suspects_of(tx, row, investigates)
    caused = incidents_of(policies, row, incidents)
    given = (described, suspected, caused)
    return await entered(tx, policies, reaching, *given, row=row, reporter=reporter)


@verb("problem.link", room=Process.PM, requirement="PR10.1", on="Problem")
async def link_problem(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    ref: AProblem,
    *,
    incidents: Sequence[Annotated[str, Of("Incident")]] = (),
    investigates: Sequence[Annotated[str, Of("Element")]] = (),
) -> Properties:
    """Say that a problem caused further incidents, or may lie in further elements (PR10.1).

    Its priority is computed again.

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what elements do to services.
        ref: Id or key of the problem.
        incidents: Incidents that it caused as well.
        investigates: Elements that the cause is suspected in as well.

    Examples:
        fsg problem link PRB-000001 --incidents INC-000002

    Raises:
        NotFound: The problem, an element or an incident is not there.
        Refused: The problem is over, or an incident comes from another one.
    """
    row = await known_problem(tx, ref, investigates, incidents)
    named = suspects_of(tx, row, investigates)
    caused = incidents_of(policies, row, incidents, row["problem"]["key"])
    return await linked(tx, policies, reaching, row, named, caused)


@verb("problem.prioritise", room=Process.PM, requirement="PR10.2", on="Problem")
async def prioritise_problem(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    ref: AProblem,
    *,
    impact: str = "",
    urgency: str = "",
    override_reason: str = "",
    expected_version: int | None = None,
) -> Properties:
    """Compute the priority again, or decide on another one with a reason (PR10.2).

    It comes from what its elements reach now, and from what its incidents cost. What a person
    decided holds until this verb is used again; what was computed stays beside it.

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what elements do to services now.
        ref: Id or key of the problem.
        impact: Another class than the graph says; needs a reason.
        urgency: Likewise.
        override_reason: Why impact or urgency is another.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg problem prioritise PRB-000001
        fsg problem prioritise PRB-000001 --urgency high --override-reason "the audit asks for it"

    Raises:
        NotFound: There is no such problem.
        BadInput: UNKNOWN_CLASS, or OVERRIDE_REASON.
        Refused: It is over.
        Conflict: VERSION_CONFLICT.
    """
    row = await known_problem(tx, ref)
    check_version(row["problem"], expected_version)
    problem = allowed(policies, row, "problem.prioritise")
    suspected = [each["id"] for each in row["investigates"]]
    since = problem["created_at"]
    override = Override(impact, urgency, override_reason)
    after = await weighed(
        tx, policies, reaching, suspected, row["caused"], since, override=override
    )
    return tx.update("Problem", problem, after)


@verb("problem.classify", room=Process.PM, requirement="PR10.2", on="Problem")
async def classify_problem(
    tx: Tx,
    policies: Policies,
    ref: AProblem,
    category: str,
    *,
    expected_version: int | None = None,
) -> Properties:
    """Put a problem into another class, or into one at all (PR10.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the problem.
        category: Its class, by the scheme in force.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg problem classify PRB-000001 storage

    Raises:
        NotFound: There is no such problem.
        BadInput: UNKNOWN_CATEGORY.
        Refused: It is over.
        Conflict: VERSION_CONFLICT.
    """
    said = told(category, "category", "name a category of the scheme in force", "PR10.2")
    known = check_category(policies, said)
    row = await known_problem(tx, ref)
    check_version(row["problem"], expected_version)
    problem = allowed(policies, row, "problem.classify")
    return tx.update("Problem", problem, {"category": known})


@verb("problem.diagnose", room=Process.PM, requirement="PR10.2", on="Problem")
async def diagnose_problem(
    tx: Tx, policies: Policies, ref: AProblem, cause: str, *, expected_version: int | None = None
) -> Properties:
    """Say what the root cause of a problem is (PR10.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the problem.
        cause: The root cause.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg problem diagnose PRB-000001 "firmware 4.2 leaks memory under load"

    Raises:
        NotFound: There is no such problem.
        Refused: It is over.
        Conflict: VERSION_CONFLICT.
    """
    said = told(cause, "cause", "say what the cause is", "PR10.2")
    problem = (await known_problem(tx, ref))["problem"]
    check_version(problem, expected_version)
    target = stepped(policies, "Problem", problem, "problem.diagnose", remedy=OVER)
    return tx.update("Problem", problem, {"cause": said, "status": target})


@verb("problem.resolve", room=Process.PM, requirement="PR10.2", on="Problem")
async def resolve_problem(
    tx: Tx,
    policies: Policies,
    ref: AProblem,
    resolution: str,
    *,
    expected_version: int | None = None,
) -> Properties:
    """Say what removed the cause; its known errors are retired with it (PR10.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the problem.
        resolution: What removed the cause.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg problem resolve PRB-000001 "firmware 4.3 on all controllers (CHG-000007)"

    Raises:
        NotFound: There is no such problem.
        Refused: Its cause is not known, or it is over.
        Conflict: VERSION_CONFLICT.
    """
    said = told(resolution, "resolution", "say what removed the cause", "PR10.2")
    row = await known_problem(tx, ref)
    return _ended(tx, policies, row, "problem.resolve", said, expected_version)


@verb("problem.reject", room=Process.PM, requirement="PR10.2", on="Problem")
async def reject_problem(
    tx: Tx, policies: Policies, ref: AProblem, why: str, *, expected_version: int | None = None
) -> Properties:
    """Give a problem up: it is none, or nobody will remove its cause (PR10.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the problem.
        why: Why it is given up.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg problem reject PRB-000001 "the same as PRB-000002"

    Raises:
        NotFound: There is no such problem.
        Refused: It is over already.
        Conflict: VERSION_CONFLICT.
    """
    said = told(why, "why", "say why it is given up", "PR10.2")
    row = await known_problem(tx, ref)
    return _ended(tx, policies, row, "problem.reject", said, expected_version)


# --- within --------------------------------------------------------------------------------------


def _ended(
    tx: Tx, policies: Policies, row: Properties, verb: str, said: str, expected: int | None
) -> Properties:
    """The problem at its end; what was known of it helps no more."""
    problem = row["problem"]
    check_version(problem, expected)
    target = stepped(policies, "Problem", problem, verb, remedy=OVER)
    life = life_of(policies, "KnownError")
    for known in row["knownErrors"]:
        if known["status"] not in life.ends:
            gone = life.step(known, "known_error.retire", remedy="look at its history")
            tx.update("KnownError", known, {"status": gone, "closed_at": tx.at})
            ways = (each["way"] for each in row["ways"] if each["known"] == known["id"])
            retire_with(tx, policies, known, ways)
    return tx.update("Problem", problem, {"status": target, "resolution": said, "closed_at": tx.at})
