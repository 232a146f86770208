"""Verbs over other ways that help, beside the one a known error keeps itself (PR10.3, PR10.4)."""

from collections.abc import Iterable
from typing import Annotated

from fitsm_graph.flow.lives import life_of, stepped
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import told
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx, check_version, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.model.declare import Process
from fitsm_graph.model.pm import HELPED_WITH, HELPS_AGAINST
from fitsm_graph.pm import helping

AWorkaround = Annotated[str, Of("Workaround")]
_GONE = "register another workaround"


@verb("workaround.register", room=Process.PM, requirement="PR10.3", on="Workaround")
async def register_workaround(
    tx: Tx,
    policies: Policies,
    known_error: Annotated[str, Of("KnownError")],
    workaround: str,
    *,
    title: str = "",
    carried_out_by: str = "",
) -> Properties:
    """Write down another way that helps against a known error, beside its own (PR10.3).

    Args:
        tx: The transaction.
        policies: In force.
        known_error: Id or key of the known error.
        workaround: What helps until the cause is gone, step by step.
        title: The same in a line; its first line when left out.
        carried_out_by: Who does that: users, the service desk, a group.

    Examples:
        fsg workaround register KER-000001 "use the web page instead" --carried-out-by users

    Raises:
        NotFound: There is no such known error.
        BadInput: It does not say what helps.
        Refused: The known error is retired.
    """
    said = told(workaround, "workaround", "say what helps", "PR10.3")
    row = await tx.rows("pm.known_error_context", ref=known_error, incident="")
    known = found(row, "known error", known_error)["known"]
    another = "record a new known error"
    stepped(policies, "KnownError", known, "workaround.register", remedy=another)
    way = tx.create(
        "Workaround",
        {
            "title": title.strip() or said.splitlines()[0],
            "status": life_of(policies, "Workaround").initial,
            **helping.described(tx, policies, said, carried_out_by),
        },
    )
    tx.relate(HELPS_AGAINST.type, way["id"], known["id"])
    return way


@verb("workaround.describe", room=Process.PM, requirement="PR10.4", on="Workaround")
async def describe_workaround(
    tx: Tx,
    policies: Policies,
    ref: AWorkaround,
    workaround: str,
    *,
    title: str = "",
    carried_out_by: str = "",
    expected_version: int | None = None,
) -> Properties:
    """Write it down in other words; nobody has verified or tried it as it is now (PR10.4).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the workaround.
        workaround: What helps until the cause is gone, step by step.
        title: The same in a line; as before when left out.
        carried_out_by: Who does that; as before when left out.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg workaround describe WKA-000001 "1. sign in to the web page 2. send from there"

    Raises:
        NotFound: There is no such workaround.
        BadInput: It does not say what helps.
        Refused: It is retired.
        Conflict: VERSION_CONFLICT.
    """
    said = told(workaround, "workaround", "say what helps", "PR10.3")
    way = (await _row(tx, ref))["way"]
    check_version(way, expected_version)
    stepped(policies, "Workaround", way, "workaround.describe", remedy=_GONE)
    after = helping.described(tx, policies, said, carried_out_by)
    if title.strip():
        after["title"] = title.strip()
    return tx.update("Workaround", way, after)


@verb("workaround.verify", room=Process.PM, requirement="PR10.4", on="Workaround")
async def verify_workaround(tx: Tx, policies: Policies, ref: AWorkaround) -> Properties:
    """Say that one has looked at it, and that it holds (PR10.4).

    Args:
        tx: The transaction.
        policies: In force; say when it is due again.
        ref: Id or key of the workaround.

    Examples:
        fsg workaround verify WKA-000001

    Raises:
        NotFound: There is no such workaround.
        Refused: It is retired.
    """
    way = (await _row(tx, ref))["way"]
    stepped(policies, "Workaround", way, "workaround.verify", remedy=_GONE)
    return tx.update("Workaround", way, helping.verified(tx, policies))


@verb("workaround.try", room=Process.PM, requirement="PR10.4", on="Workaround")
async def try_workaround(
    tx: Tx,
    policies: Policies,
    ref: AWorkaround,
    incident: Annotated[str, Of("Incident")],
    *,
    helped: bool,
) -> Properties:
    """Say that it was tried on an incident, and whether it helped (PR10.4).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the workaround.
        incident: Id or key of the incident.
        helped: Whether it helped.

    Examples:
        fsg workaround try WKA-000001 INC-000002 --helped

    Raises:
        NotFound: The workaround or the incident is not there.
        Refused: It is retired.
    """
    row = await _row(tx, ref, incident)
    way = row["way"]
    stepped(policies, "Workaround", way, "workaround.try", remedy=_GONE)
    counted = helping.tried(tx, HELPED_WITH, way, row, incident, helped=helped)
    return tx.update("Workaround", way, counted)


@verb("workaround.retire", room=Process.PM, requirement="PR10.4", on="Workaround")
async def retire_workaround(
    tx: Tx, policies: Policies, ref: AWorkaround, why: str, *, expected_version: int | None = None
) -> Properties:
    """Take it out of use; the known error and its other ways stay (PR10.4).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the workaround.
        why: Why nobody should do that any more.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg workaround retire WKA-000001 "the web page is slow as well"

    Raises:
        NotFound: There is no such workaround.
        BadInput: It does not say why.
        Refused: It is retired already.
        Conflict: VERSION_CONFLICT.
    """
    said = told(why, "why", "say why nobody should do that any more", "PR10.4")
    way = (await _row(tx, ref))["way"]
    check_version(way, expected_version)
    return _retired(tx, policies, way, said)


def retire_with(tx: Tx, policies: Policies, known: Properties, ways: Iterable[Properties]) -> None:
    """With a known error that is over, the other ways that help against it are over too."""
    ends = life_of(policies, "Workaround").ends
    for way in ways:
        if way["status"] not in ends:
            _retired(tx, policies, way, f"{known['key']} is retired")


def _retired(tx: Tx, policies: Policies, way: Properties, why: str) -> Properties:
    gone = stepped(policies, "Workaround", way, "workaround.retire", remedy=_GONE)
    after = {"status": gone, "retired_because": why, "closed_at": tx.at}
    return tx.update("Workaround", way, after)


async def _row(tx: Tx, ref: str, incident: str = "") -> Properties:
    rows = await tx.rows("pm.workaround_context", ref=ref, incident=incident)
    return found(rows, "workaround", ref)
