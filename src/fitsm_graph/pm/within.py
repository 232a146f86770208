"""What verbs on problems share: a problem with what it hangs together with, and its weight."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fitsm_graph.flow.lives import life_of, stepped
from fitsm_graph.flow.overriding import NO_OVERRIDE, Override
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.reporters import looked_for, reported
from fitsm_graph.flow.weighing import behind
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx
from fitsm_graph.impact import effects
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.errors import NotFound, Refused
from fitsm_graph.model.disturbance import Effect
from fitsm_graph.model.pm import CAUSED_BY, INVESTIGATES
from fitsm_graph.pm import rules

AProblem = Annotated[str, Of("Problem")]
OVER = "register a new problem that refers to it"


async def known_problem(
    tx: Tx, ref: str, elements: Sequence[str] = (), incidents: Sequence[str] = ()
) -> Properties:
    """A problem with what it hangs together with, and elements and incidents by id or key.

    Raises:
        NotFound: There is no such problem.
    """
    row = await context_of(tx, ref, elements, incidents)
    if row["problem"] is None:
        raise NotFound(f"there is no problem '{ref}'", remedy="check the id or key")
    return row


async def context_of(
    tx: Tx, ref: str | None, elements: Sequence[str], incidents: Sequence[str], reporter: str = ""
) -> Properties:
    """A problem, if one is meant, elements and incidents by id or key, and who reports one.

    Args:
        tx: The transaction.
        ref: Id or key of the problem; None: none is meant.
        elements: Their ids or keys.
        incidents: Likewise.
        reporter: Id or key of a person; empty: the person that the account acts for.
    """
    given = {"elements": list(elements), "incidents": list(incidents)}
    return await tx.one("pm.problem_context", ref=ref, **given, **looked_for(tx, reporter))


def allowed(policies: Policies, row: Properties, verb: str) -> Properties:
    """The problem, in a state that allows a verb which leaves it there.

    Raises:
        Refused: ILLEGAL_TRANSITION.
    """
    problem: Properties = row["problem"]
    stepped(policies, "Problem", problem, verb, remedy=OVER)
    return problem


async def entered(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    described: Mapping[str, Any],
    suspected: Sequence[str],
    caused: Sequence[Properties],
    *,
    row: Properties,
    reporter: str = "",
) -> Properties:
    """State that a problem is registered, with what it investigates and what it caused (PR10.1).

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what elements do to services.
        described: Its title, description, source and category.
        suspected: Ids of elements.
        caused: Incidents, as ``{id, startsAt, endsAt, problem}``; the problem, that they come from
            one that was rejected.
        row: With ``reporters``: ids of who reports it.
        reporter: Id or key of who was named as that; empty: nobody was.

    Raises:
        NotFound: There is no such person.
    """
    problem = tx.create(
        "Problem",
        {
            **described,
            "status": life_of(policies, "Problem").initial,
            **await weighed(tx, policies, reaching, suspected, caused, tx.at),
        },
    )
    for element in suspected:
        tx.relate(INVESTIGATES.type, problem["id"], element)
    _come_from(tx, caused, problem)
    return reported(tx, problem, row, reporter)


async def linked(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    row: Properties,
    named: Sequence[str],
    caused: Sequence[Properties],
) -> Properties:
    """State that a problem caused further incidents, or may lie in further elements (PR10.1).

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what elements do to services.
        row: The problem with what it investigates and caused until now.
        named: Ids of elements.
        caused: Incidents, as ``{id, startsAt, endsAt, problem}``; the problem, that they come from
            this one or from one that was rejected.
    """
    problem = allowed(policies, row, "problem.link")
    known = {each["id"] for each in row["investigates"]}
    fresh = [each for each in named if each not in known]
    more = [each for each in caused if not _is_from(each, problem["key"])]
    for element in fresh:
        tx.relate(INVESTIGATES.type, problem["id"], element)
    _come_from(tx, more, problem)
    suspected = [*known, *fresh]
    incidents, since = [*row["caused"], *more], problem["created_at"]
    decided = Override.of(problem)
    after = await weighed(tx, policies, reaching, suspected, incidents, since, override=decided)
    return tx.update("Problem", problem, after)


async def weighed(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    suspected: Sequence[str],
    incidents: Sequence[Properties],
    registered_at: str,
    *,
    override: Override = NO_OVERRIDE,
) -> dict[str, Any]:
    """How grave a problem is, and so by when it is to be resolved."""
    reach = reaching.alone(dict.fromkeys(suspected, Effect.DOWN))
    people = await behind(tx, reach)
    weighed = rules.weighed(policies, reach, people, incidents, tx.at, override)
    due_at = rules.resolution_due(policies, weighed["priority"], registered_at)
    return {**weighed, "due_at": due_at}


def suspects_of(tx: Tx, row: Properties, refs: Sequence[str]) -> list[str]:
    """Ids of the elements that are meant, each once; those that the actor sees."""
    seen = effects.seen(tx, row["named_elements"])
    return list(dict.fromkeys(effects.named(seen, refs, "investigates")[ref] for ref in refs))


def incidents_of(
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
        if other and not _is_from(found[ref], problem) and other["status"] not in rejected:
            raise Refused(
                f"{found[ref]['key']} comes from {other['key']}",
                code="CAUSED_BY_ANOTHER",
                why="an incident has one cause",
                remedy=f"link it with {other['key']}, or reject that one first",
                path=("incidents",),
                requirement="PR10.1",
            )
    return list({found[ref]["id"]: found[ref] for ref in refs}.values())


def _is_from(incident: Properties, problem: str) -> bool:
    """Whether an incident is known to come from a problem."""
    return bool(incident["problem"]) and incident["problem"]["key"] == problem


def _come_from(tx: Tx, incidents: Sequence[Properties], problem: Properties) -> None:
    """State that incidents come from a problem, and no more from one that was rejected."""
    for each in incidents:
        former = each["problem"]
        if former:
            tx.unrelate(CAUSED_BY.type, each["id"], former["id"], former["properties"])
        tx.relate(CAUSED_BY.type, each["id"], problem["id"])
