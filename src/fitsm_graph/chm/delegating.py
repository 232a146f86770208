"""Verbs by which who decides on changes lets somebody else vote for a time (PR12.4).

Whoever was given votes does not pass them on, and never votes for whoever asked for a change.
"""

from datetime import timedelta
from typing import Annotated

from fitsm_graph.flow.records import told
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Moment, Of
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import BadInput, NotFound, Refused
from fitsm_graph.model.chm_records import DELEGATES_TO
from fitsm_graph.model.declare import Process

LONGEST = timedelta(days=92)
"""For how long votes may be delegated; who is away for longer gives the role away."""
APerson = Annotated[str, Of("Person")]


@verb("person.delegate_votes", room=Process.CHM, requirement="PR12.4", on="Person")
async def delegate_votes(
    tx: Tx, to: APerson, why: str, *, ends_at: Moment, starts_at: Moment | None = None
) -> Properties:
    """Let somebody else vote on changes in one's place for a time, and say why (PR12.4).

    A second time for the same person, it is the new time that holds. Whoever is given votes has
    none of them on changes that they asked for, or that who gave them asked for.

    Args:
        tx: The transaction.
        to: Id or key of the person who votes instead.
        why: Why one does not vote oneself.
        ends_at: Until when, not included, RFC 3339; within three months.
        starts_at: From when on; now when left out.

    Examples:
        fsg person delegate-votes per-bob "on leave" --ends-at 2027-01-10T00:00Z

    Raises:
        NotFound: There is no such person.
        BadInput: The time ends before it begins, or is longer than three months.
        Refused: DELEGATED_TO_ONESELF, or NOBODY_BEHIND.
    """
    said = told(why, "why", "say why you do not vote yourself", "PR12.4")
    row = await _row(tx, to)
    mine, other, given = row["mine"], row["other"], row["given"]
    if mine["id"] == other["id"]:
        raise Refused(
            "votes are delegated to somebody else",
            code="DELEGATED_TO_ONESELF",
            why="nobody votes in their own place",
            remedy="name another person",
            requirement="PR12.4",
        )
    starts = to_text(from_text(starts_at, path=("startsAt",))) if starts_at else tx.at
    ends = to_text(from_text(ends_at, path=("endsAt",)))
    _check_time(starts, ends, tx.at)
    holds = {"starts_at": starts, "ends_at": ends, "why": said, "given_by": tx.actor}
    if given is None:
        tx.relate(DELEGATES_TO.type, mine["id"], other["id"], holds)
    else:
        tx.change_relation(DELEGATES_TO.type, mine["id"], other["id"], given, holds)
    return dict(mine)


@verb("person.recall_votes", room=Process.CHM, requirement="PR12.4", on="Person")
async def recall_votes(tx: Tx, to: APerson) -> Properties:
    """Vote oneself again from now on; what was voted meanwhile stands (PR12.4).

    Args:
        tx: The transaction.
        to: Id or key of the person to whom votes were delegated.

    Examples:
        fsg person recall-votes per-bob

    Raises:
        NotFound: There is no such person, or nothing was delegated to them.
        Refused: NOBODY_BEHIND.
    """
    row = await _row(tx, to)
    if row["given"] is None:
        raise NotFound(
            f"{row['mine']['key']} delegated no votes to {row['other']['key']}",
            remedy="`person show` names whom they are delegated to",
            path=("to",),
        )
    tx.unrelate(DELEGATES_TO.type, row["mine"]["id"], row["other"]["id"], row["given"])
    return dict(row["mine"])


async def _row(tx: Tx, to: str) -> Properties:
    """The person behind who acts, the other one, and what was delegated between them."""
    row = await tx.one("chm.delegation_context", actor=tx.actor, person=to)
    if row["other"] is None:
        remedy = "check the id or key"
        raise NotFound(f"there is no person '{to[:60]}'", remedy=remedy, path=("to",))
    if row["mine"] is None:
        raise Refused(
            f"{tx.actor} acts for nobody",
            code="NOBODY_BEHIND",
            why="votes are those of a person, and no person is named for the account",
            remedy="let an administrator say for whom it acts",
            requirement="PR12.4",
        )
    if not tx.as_person:  # a token that may not vote does not give votes away either
        raise Refused(
            f"the token of {tx.actor} does not act for a person",
            code="NOBODY_BEHIND",
            why="votes are those of a person, and the scope `person` is not among its own",
            remedy="sign in, or use a token with the scope `person`",
            requirement="PR12.4",
        )
    return row


def _check_time(starts: str, ends: str, at: str) -> None:
    if ends <= max(starts, at):
        told_of, remedy = "the time is over before it begins", "give a later end"
    elif from_text(ends) - from_text(starts) > LONGEST:
        told_of, remedy = "the time is longer than three months", "give the role to somebody else"
    else:
        return
    raise BadInput(told_of, remedy=remedy, path=("endsAt",), requirement="PR12.4")
