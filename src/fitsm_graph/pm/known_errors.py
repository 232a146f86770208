"""Verbs over the known error database (PR10.3, PR10.4)."""

from collections.abc import Sequence
from typing import Annotated

from fitsm_graph.flow.lives import life_of, stepped
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import titled, told
from fitsm_graph.flow.reporters import NOBODY
from fitsm_graph.flow.steps import named
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx, check_version, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact import effects
from fitsm_graph.kernel.errors import BadInput, NotFound, Refused
from fitsm_graph.model.declare import Process
from fitsm_graph.model.pm import CONCERNS, HELPED_BY, KNOWN_FROM
from fitsm_graph.pm import helping, rules
from fitsm_graph.pm.workarounds import retire_with

AKnownError = Annotated[str, Of("KnownError")]
_GONE = "record a new known error"


@verb("known_error.register", room=Process.PM, requirement="PR10.3", on="KnownError")
async def register_known_error(
    tx: Tx,
    policies: Policies,
    problem: Annotated[str, Of("Problem")],
    *,
    title: str = "",
    workaround: str = "",
    carried_out_by: str = "",
    concerns: Sequence[Annotated[str, Of("Element")]] = (),
) -> Properties:
    """Record a problem that is not corrected, with its cause, a workaround, or both (PR10.3).

    Args:
        tx: The transaction.
        policies: In force.
        problem: Id or key of the problem.
        title: How it shows; that of the problem when left out.
        workaround: What helps until the cause is gone, step by step.
        carried_out_by: Who does that: users, the service desk, a group.
        concerns: Elements at which it shows; those that the problem investigates when left out.

    Examples:
        fsg known-error register PRB-000001 --workaround "restart the controller's web service"

    Raises:
        NotFound: The problem or an element is not there.
        BadInput: Neither a cause nor a workaround is known.
        Refused: The problem is over.
    """
    given = {"elements": list(concerns), "incidents": [], **NOBODY}
    row = await tx.one("pm.problem_context", ref=problem, **given)
    of = _problem(row, problem, workaround)
    another = "register a new problem that refers to it"
    target = stepped(policies, "Problem", of, "known_error.register", remedy=another)
    known = tx.create(
        "KnownError",
        {
            "title": titled(title or of["title"]),
            "status": life_of(policies, "KnownError").initial,
            "cause": of.get("cause", ""),
            "workaround": workaround.strip(),
            "carried_out_by": carried_out_by,
            "review_due_at": rules.review_due(policies, tx.at, verified=False),
        },
    )
    tx.relate(KNOWN_FROM.type, known["id"], of["id"])
    for element in _shown_at(tx, row, concerns):
        tx.relate(CONCERNS.type, known["id"], element)
    tx.update("Problem", of, {"status": target})
    return known


@verb("known_error.describe", room=Process.PM, requirement="PR10.4", on="KnownError")
async def describe_known_error(
    tx: Tx,
    policies: Policies,
    ref: AKnownError,
    workaround: str,
    *,
    carried_out_by: str = "",
    expected_version: int | None = None,
) -> Properties:
    """Write down another workaround; nobody has verified it yet (PR10.4).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the known error.
        workaround: What helps until the cause is gone, step by step.
        carried_out_by: Who does that; as before when left out.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg known-error describe KER-000001 "1. drain the node 2. restart it"

    Raises:
        NotFound: There is no such known error.
        Refused: It is retired.
        Conflict: VERSION_CONFLICT.
    """
    said = told(workaround, "workaround", "say what helps", "PR10.3")
    known = await _allowed(tx, policies, ref, "known_error.describe")
    check_version(known, expected_version)
    after = helping.described(tx, policies, said, carried_out_by)
    return tx.update("KnownError", known, after)


@verb("known_error.name_steps", room=Process.PM, requirement="PR9.2", on="KnownError", anytime=True)
async def name_known_error_steps(
    tx: Tx,
    policies: Policies,
    ref: AKnownError,
    step_list: str,
    *,
    expected_version: int | None = None,
) -> Properties:
    """Name the step list by which incidents that come from it are dealt with (PR9.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the known error.
        step_list: Name of a step list for incidents; empty: none leads any more.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg known-error name-steps KER-000001 disk-full

    Raises:
        NotFound: There is no such known error.
        Refused: NO_POLICY_IN_FORCE, STEP_LIST_OF_OTHERS, or it is retired.
        Conflict: VERSION_CONFLICT.
    """
    known: Properties = (await _row(tx, ref))["known"]
    check_version(known, expected_version)
    if known["status"] in life_of(policies, "KnownError").ends:
        raise Refused(
            f"{known['key']} is {known['status']}",
            code="ILLEGAL_TRANSITION",
            why="nobody acts by it any more",
            remedy=_GONE,
            requirement="PR9.2",
        )
    if step_list:
        named(policies, step_list, "Incident")
    return tx.update("KnownError", known, {"step_list": step_list})


@verb("known_error.verify", room=Process.PM, requirement="PR10.4", on="KnownError")
async def verify_known_error(tx: Tx, policies: Policies, ref: AKnownError) -> Properties:
    """Say that one has looked at it, and that it holds (PR10.4).

    Args:
        tx: The transaction.
        policies: In force; say when it is due again.
        ref: Id or key of the known error.

    Examples:
        fsg known-error verify KER-000001

    Raises:
        NotFound: There is no such known error.
        Refused: It is retired.
    """
    known = await _allowed(tx, policies, ref, "known_error.verify")
    return tx.update("KnownError", known, helping.verified(tx, policies))


@verb("known_error.try", room=Process.PM, requirement="PR10.4", on="KnownError")
async def try_known_error(
    tx: Tx,
    policies: Policies,
    ref: AKnownError,
    incident: Annotated[str, Of("Incident")],
    *,
    helped: bool,
) -> Properties:
    """Say that the workaround was tried on an incident, and whether it helped (PR10.4).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the known error.
        incident: Id or key of the incident.
        helped: Whether it helped.

    Examples:
        fsg known-error try KER-000001 INC-000002 --helped

    Raises:
        NotFound: The known error or the incident is not there.
        Refused: It is retired.
    """
    row = await _row(tx, ref, incident)
    known = _step(policies, row["known"], "known_error.try")
    counted = helping.tried(tx, HELPED_BY, known, row, incident, helped=helped)
    return tx.update("KnownError", known, counted)


@verb("known_error.communicate", room=Process.PM, requirement="PR10.4", on="KnownError")
async def communicate_known_error(
    tx: Tx, policies: Policies, ref: AKnownError, to: str
) -> Properties:
    """Say that staff and users were told of it and of its workaround (PR10.4).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the known error.
        to: Who was told.

    Examples:
        fsg known-error communicate KER-000001 "service desk, users of Mail" --reason "mail of 9:00"

    Raises:
        NotFound: There is no such known error.
        Refused: It is retired.
    """
    said = told(to, "to", "say who was told", "PR10.4")
    known = await _allowed(tx, policies, ref, "known_error.communicate")
    return tx.update("KnownError", known, {"communicated_at": tx.at, "communicated_to": said})


@verb("known_error.retire", room=Process.PM, requirement="PR10.4", on="KnownError")
async def retire_known_error(
    tx: Tx, policies: Policies, ref: AKnownError, *, expected_version: int | None = None
) -> Properties:
    """Take it out of use with all that helps; the reason for the ledger says why (PR10.4).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the known error.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg known-error retire KER-000001 --reason "does not happen since CHG-000007"

    Raises:
        NotFound: There is no such known error.
        Refused: It is retired already.
        Conflict: VERSION_CONFLICT.
    """
    row = await _row(tx, ref)
    known = row["known"]
    check_version(known, expected_version)
    target = stepped(policies, "KnownError", known, "known_error.retire", remedy=_GONE)
    retire_with(tx, policies, known, row["ways"])
    return tx.update("KnownError", known, {"status": target, "closed_at": tx.at})


# --- within --------------------------------------------------------------------------------------


def _problem(row: Properties, ref: str, workaround: str) -> Properties:
    """The problem of which something is known."""
    problem: Properties | None = row["problem"]
    if problem is None:
        raise NotFound(f"there is no problem '{ref}'", remedy="check the id or key")
    if not workaround.strip() and not problem.get("cause"):
        raise BadInput(
            "nothing is known of this error",
            why="a known error has an identified cause, or a way to reduce its impact",
            remedy="give a workaround, or `problem diagnose` first",
            path=("workaround",),
            requirement="PR10.3",
        )
    return problem


async def _row(tx: Tx, ref: str, incident: str = "") -> Properties:
    rows = await tx.rows("pm.known_error_context", ref=ref, incident=incident)
    return found(rows, "known error", ref)


async def _allowed(tx: Tx, policies: Policies, ref: str, verb: str) -> Properties:
    return _step(policies, (await _row(tx, ref))["known"], verb)


def _step(policies: Policies, known: Properties, verb: str) -> Properties:
    """The known error, in a state that allows a verb which leaves it there."""
    stepped(policies, "KnownError", known, verb, remedy=_GONE)
    return known


def _shown_at(tx: Tx, row: Properties, concerns: Sequence[str]) -> list[str]:
    """Ids of the elements at which it shows."""
    if not concerns:
        return [each["id"] for each in row["investigates"]]
    seen = effects.seen(tx, row["named_elements"])
    return list(dict.fromkeys(effects.named(seen, concerns, "concerns").values()))
