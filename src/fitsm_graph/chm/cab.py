"""Verbs over meetings of the change advisory board: convened, held, cancelled (PR12.4)."""

from collections.abc import Sequence
from typing import Annotated, Any

from fitsm_graph.chm.voting import TYPES_ROLE
from fitsm_graph.chm.within import AChange
from fitsm_graph.flow.lives import life_of, stepped
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import kept, titled, told
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Moment, Of
from fitsm_graph.graph.tx import Tx, check_version
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import BadInput, NotFound, Refused
from fitsm_graph.model.chm_records import DISCUSSES, INVITES
from fitsm_graph.model.declare import Process

AMeeting = Annotated[str, Of("CABMeeting")]
TITLE = "Change advisory board"


@verb("cab.convene", room=Process.CHM, requirement="PR12.4", on="CABMeeting")
async def convene_cab(
    tx: Tx,
    policies: Policies,
    *,
    starts_at: Moment,
    title: str = TITLE,
    discusses: Sequence[AChange] = (),
) -> Properties:
    """Convene the change advisory board: its agenda is what waits, with stakeholders (PR12.4).

    Stakeholders are who asked for the changes, the owners of these, of what they alter and of the
    services they reach, and whoever holds the role of a CAB member.

    Args:
        tx: The transaction.
        policies: In force.
        starts_at: When it begins, RFC 3339.
        title: What the meeting is called.
        discusses: Changes on its agenda; all that wait for approval when left out.

    Examples:
        fsg cab convene --starts-at 2027-01-12T09:00Z

    Raises:
        NotFound: A change is not there.
        BadInput: It would begin in the past.
        Refused: NOTHING_WAITS.
    """
    begins = to_text(from_text(starts_at, path=("startsAt",)))
    if begins < tx.at:
        told = "give a moment to come"
        raise BadInput("the meeting lies in the past", remedy=told, path=("startsAt",))
    row = await tx.one("chm.cab_context", refs=list(discusses), at=tx.at)
    waiting = _agenda(row, discusses)
    meeting = tx.create(
        "CABMeeting",
        {
            "title": titled(title),
            "starts_at": begins,
            "agenda": [_line(each["change"]) for each in waiting],
            "status": life_of(policies, "CABMeeting").initial,
        },
    )
    for each in waiting:
        tx.relate(DISCUSSES.type, meeting["id"], each["change"]["id"])
    parties = {party for each in waiting for party in each["stakeholders"]} | set(row["members"])
    for party in sorted(parties):
        tx.relate(INVITES.type, meeting["id"], party)
    return meeting


@verb("cab.hold", room=Process.CHM, requirement="PR12.4", on="CABMeeting")
async def hold_cab(
    tx: Tx,
    policies: Policies,
    ref: AMeeting,
    minutes: str,
    *,
    attended: Sequence[str] = (),
    expected_version: int | None = None,
) -> Properties:
    """Say that a meeting took place, with its minutes; votes are cast with each change (PR12.4).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the meeting.
        minutes: What was said and decided.
        attended: Keys of who was there.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg cab hold CAB-000001 "CHG-000001 is approved, with a test before" --attended ada

    Raises:
        NotFound: There is no such meeting.
        Refused: It was held or cancelled already.
        Conflict: VERSION_CONFLICT.
    """
    said = told(minutes, "minutes", "say what was decided", "PR12.4")
    meeting = (await kept(tx, "CABMeeting", ref)).record
    check_version(meeting, expected_version)
    target = stepped(policies, "CABMeeting", meeting, "cab.hold")
    after: dict[str, Any] = {"status": target, "minutes": said, "closed_at": tx.at}
    return tx.update("CABMeeting", meeting, {**after, "attended": list(attended) or None})


@verb("cab.cancel", room=Process.CHM, requirement="PR12.4", on="CABMeeting")
async def cancel_cab(
    tx: Tx, policies: Policies, ref: AMeeting, *, expected_version: int | None = None
) -> Properties:
    """Cancel a meeting of the change advisory board (PR12.4).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the meeting.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg cab cancel CAB-000001 --reason "nothing is left to decide"

    Raises:
        NotFound: There is no such meeting.
        Refused: It was held or cancelled already.
        Conflict: VERSION_CONFLICT.
    """
    meeting = (await kept(tx, "CABMeeting", ref)).record
    check_version(meeting, expected_version)
    target = stepped(policies, "CABMeeting", meeting, "cab.cancel")
    return tx.update("CABMeeting", meeting, {"status": target, "closed_at": tx.at})


def _agenda(row: Properties, refs: Sequence[str]) -> list[Properties]:
    """What is on the agenda, the gravest first."""
    known = {each["change"][name] for each in row["waiting"] for name in ("id", "key")}
    for ref in refs:
        if ref not in known:
            raise NotFound(
                f"no change '{ref}' waits for approval",
                remedy="check the id or key; what is on an agenda is assessed and not decided on",
                path=("discusses",),
            )
    waiting = sorted(row["waiting"], key=lambda each: (-(each["change"].get("risk") or 0),
                                                       each["change"]["key"]))  # fmt: skip
    if not waiting:
        raise Refused(
            "no change waits for approval",
            code="NOTHING_WAITS",
            why="the agenda of the board is what is assessed and not decided on",
            remedy="assess a change first",
            requirement="PR12.4",
        )
    return waiting


def _line(change: Properties) -> str:
    """An item of the agenda, in a sentence without names of elements."""
    risk = f"risk {change['risk']} ({change['risk_class']})"
    types = [TYPES_ROLE] if change.get("types_vote_missing") else []
    missing = ", ".join([*(change.get("votes_missing") or ()), *types]) or "nobody"
    type = change.get("type") or "of no type"
    return f"{change['key']} {change['title']}: {type}, {risk}, waits for {missing}"
