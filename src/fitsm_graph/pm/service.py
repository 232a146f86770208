"""Verbs of problem management (PR10): problems from registration to resolution."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

from fitsm_graph.flow.lives import life_of, stepped
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import titled, told
from fitsm_graph.flow.schemes import check_category
from fitsm_graph.flow.weighing import behind
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx, check_version
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact import effects
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.errors import NotFound, Refused
from fitsm_graph.model.declare import Process
from fitsm_graph.model.disturbance import Effect
from fitsm_graph.model.pm import CAUSED_BY, INVESTIGATES
from fitsm_graph.pm import rules

AProblem = Annotated[str, Of("Problem")]


class ProblemSource(StrEnum):
    """What made somebody register a problem (PR10.1)."""

    INCIDENTS = "incidents"
    TREND = "trend"
    MAJOR_INCIDENT = "major_incident"
    CHANGE = "change"
    DEVIATION = "deviation"
    ANALYSIS = "analysis"


_OVER = "register a new problem that refers to it"


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

    Examples:
        fsg problem register "controllers stop" --investigates sto-a --incidents INC-000001

    Raises:
        NotFound: An element or an incident is not there.
        Refused: CAUSED_BY_ANOTHER.
    """
    described = {"title": titled(title), "description": description, "source": source}
    row = await _context(tx, None, investigates, incidents)
    suspected = _named(tx, row, investigates)
    caused = _incidents(policies, row, incidents)
    problem = tx.create(
        "Problem",
        {
            **described,
            "category": check_category(policies, category),
            "status": life_of(policies, "Problem").initial,
            **await _weighed(tx, policies, reaching, suspected, caused),
        },
    )
    for element in suspected:
        tx.relate(INVESTIGATES.type, problem["id"], element)
    _come_from(tx, caused, problem)
    return problem


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
    row = await _known(tx, ref, investigates, incidents)
    problem = _allowed(policies, row, "problem.link")
    known = {each["id"] for each in row["investigates"]}
    fresh = [each for each in _named(tx, row, investigates) if each not in known]
    named = _incidents(policies, row, incidents, problem["key"])
    caused = [each for each in named if not _from(each, problem["key"])]
    for element in fresh:
        tx.relate(INVESTIGATES.type, problem["id"], element)
    _come_from(tx, caused, problem)
    suspected = [*known, *fresh]
    after = await _weighed(tx, policies, reaching, suspected, [*row["caused"], *caused])
    return tx.update("Problem", problem, after)


@verb("problem.prioritise", room=Process.PM, requirement="PR10.2", on="Problem")
async def prioritise_problem(
    tx: Tx, policies: Policies, reaching: Reaches, ref: AProblem
) -> Properties:
    """Compute the priority again, from its elements' reach now and its incidents' cost (PR10.2).

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what elements do to services now.
        ref: Id or key of the problem.

    Examples:
        fsg problem prioritise PRB-000001

    Raises:
        NotFound: There is no such problem.
        Refused: It is over.
    """
    row = await _known(tx, ref)
    problem = _allowed(policies, row, "problem.prioritise")
    suspected = [each["id"] for each in row["investigates"]]
    after = await _weighed(tx, policies, reaching, suspected, row["caused"])
    return tx.update("Problem", problem, after)


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
    problem = (await _known(tx, ref))["problem"]
    check_version(problem, expected_version)
    target = stepped(policies, "Problem", problem, "problem.diagnose", remedy=_OVER)
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
    row = await _known(tx, ref)
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
    row = await _known(tx, ref)
    return _ended(tx, policies, row, "problem.reject", said, expected_version)


# --- within --------------------------------------------------------------------------------------


async def _context(
    tx: Tx, ref: str | None, elements: Sequence[str], incidents: Sequence[str]
) -> Properties:
    given = {"elements": list(elements), "incidents": list(incidents)}
    return await tx.one("pm.problem_context", ref=ref, **given)


async def _known(
    tx: Tx, ref: str, elements: Sequence[str] = (), incidents: Sequence[str] = ()
) -> Properties:
    row = await _context(tx, ref, elements, incidents)
    if row["problem"] is None:
        raise NotFound(f"there is no problem '{ref}'", remedy="check the id or key")
    return row


def _allowed(policies: Policies, row: Properties, verb: str) -> Properties:
    problem: Properties = row["problem"]
    stepped(policies, "Problem", problem, verb, remedy=_OVER)
    return problem


def _ended(
    tx: Tx, policies: Policies, row: Properties, verb: str, said: str, expected: int | None
) -> Properties:
    """The problem at its end; what was known of it helps no more."""
    problem = row["problem"]
    check_version(problem, expected)
    target = stepped(policies, "Problem", problem, verb, remedy=_OVER)
    life = life_of(policies, "KnownError")
    for known in row["knownErrors"]:
        if known["status"] not in life.ends:
            gone = life.step(known, "known_error.retire", remedy="look at its history")
            tx.update("KnownError", known, {"status": gone, "closed_at": tx.at})
    return tx.update("Problem", problem, {"status": target, "resolution": said, "closed_at": tx.at})


async def _weighed(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    suspected: Sequence[str],
    incidents: Sequence[Properties],
) -> dict[str, Any]:
    reach = reaching.alone(dict.fromkeys(suspected, Effect.DOWN))
    return rules.weighed(policies, reach, await behind(tx, reach), incidents, tx.at)


def _named(tx: Tx, row: Properties, refs: Sequence[str]) -> list[str]:
    """Ids of the elements that are meant, each once; those that the actor sees."""
    seen = effects.seen(tx, row["named_elements"])
    return list(dict.fromkeys(effects.named(seen, refs, "investigates")[ref] for ref in refs))


def _incidents(
    policies: Policies, row: Properties, refs: Sequence[str], problem: str = ""
) -> list[Properties]:
    """The incidents that are meant, each once; an incident has one cause.

    One that came from a problem which was rejected may come from another.
    """
    found = {each["ref"]: each for each in row["named_incidents"]}
    life = life_of(policies, "Problem")
    rejected = {each.target for each in life.transitions if each.by == "problem.reject"}
    for ref in refs:
        if ref not in found:
            told = f"there is no incident '{ref}'"
            raise NotFound(told, remedy="check the id or key", path=("incidents",))
        other = found[ref]["problem"]
        if other and not _from(found[ref], problem) and other["status"] not in rejected:
            raise Refused(
                f"{found[ref]['key']} comes from {other['key']}",
                code="CAUSED_BY_ANOTHER",
                why="an incident has one cause",
                remedy=f"link it with {other['key']}, or reject that one first",
                path=("incidents",),
                requirement="PR10.1",
            )
    return list({found[ref]["id"]: found[ref] for ref in refs}.values())


def _from(incident: Properties, problem: str) -> bool:
    """Whether an incident is known to come from a problem."""
    return bool(incident["problem"]) and incident["problem"]["key"] == problem


def _come_from(tx: Tx, incidents: Sequence[Properties], problem: Properties) -> None:
    """Say that incidents come from a problem, and not from the one that was rejected."""
    for each in incidents:
        former = each["problem"]
        if former:
            tx.unrelate(CAUSED_BY.type, each["id"], former["id"], former["properties"])
        tx.relate(CAUSED_BY.type, each["id"], problem["id"])
