"""Verbs on what people are told, act by act: planned, performed (PR13.3, GR1.3).

An act is of a release, or stands in a plan of communication, which is a document of the management
system. Where it goes as a message of this product, the entry in which it is performed is what the
outbox makes messages from: it is told exactly if it is performed.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fitsm_graph.flow.lives import life_of, stepped
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import Kept, kept, own, titled
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Moment, Of
from fitsm_graph.graph.tx import Tx, check_version, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import BadInput, NotFound, Refused
from fitsm_graph.model.declare import Process, RelationInfo
from fitsm_graph.model.rdm_records import (
    ADDRESSED_TO,
    ADDRESSED_TO_CUSTOMER,
    ADDRESSED_TO_STAKEHOLDER,
    PLANNED_IN,
    TELLS_OF,
    TELLS_USERS_OF,
    CommunicationWay,
)
from fitsm_graph.rdm.within import ARelease, gravest, step

KIND = "CommunicationAction"
_ADDRESSED = {
    "parties": ADDRESSED_TO.type,
    "customers": ADDRESSED_TO_CUSTOMER.type,
    "stakeholders": ADDRESSED_TO_STAKEHOLDER.type,
}
"""By what an act leads to whom it goes."""
AnAct = Annotated[str, Of(KIND)]
MOST_WORDS = 10_000


@verb("communication.register", room=Process.RDM, requirement="PR13.3", on=KIND)
async def register_communication_action(
    tx: Tx,
    policies: Policies,
    release: ARelease,
    title: str,
    *,
    audience: str = "",
    to: Sequence[Annotated[str, Of("Party")]] = (),
    customers: Sequence[Annotated[str, Of("Customer")]] = (),
    stakeholders: Sequence[Annotated[str, Of("Stakeholder")]] = (),
    to_users: bool = False,
    way: CommunicationWay | None = None,
    text: str = "",
    owner: Annotated[str, Of("Party")] = "",
    due_at: Moment | None = None,
    description: str = "",
) -> Properties:
    """Plan that people are told of a release (PR13.3).

    Args:
        tx: The transaction.
        policies: In force.
        release: Id or key of the release.
        title: What it is about, in a line.
        audience: Whom it is for, in words.
        to: Persons and groups who are told.
        customers: Customers whose users are told.
        stakeholders: Stakeholders; who answers for them is told.
        to_users: All users of the services that the release reaches are told.
        way: How they are told; a message is one of this product.
        text: What they are told; what a message says.
        owner: Person or group that sees to it.
        due_at: By when it is to be done, RFC 3339.
        description: What is known.

    Examples:
        fsg communication register REL-000001 "search is new" --to-users --way message --text "…"

    Raises:
        NotFound: The release, or somebody who is named, is not there.
        BadInput: It has no title, or a message has no text or is for nobody.
        Refused: The release is over.
    """
    said = _said(title, audience, way, text, due_at)
    named = {"parties": [*to], "customers": [*customers], "stakeholders": [*stakeholders]}
    it = await kept(tx, "Release", release, owner)
    step(policies, it.record, "communication.register")
    fields = {**said, "description": description, "to_users": to_users}
    return await _planned(tx, policies, fields, named, (TELLS_OF, it, owner))


@verb("communication.plan", room=Process.RDM, requirement="GR2.4", on=KIND)
async def plan_communication_action(
    tx: Tx,
    policies: Policies,
    document: Annotated[str, Of("ManagementDocument")],
    title: str,
    *,
    audience: str = "",
    to: Sequence[Annotated[str, Of("Party")]] = (),
    customers: Sequence[Annotated[str, Of("Customer")]] = (),
    stakeholders: Sequence[Annotated[str, Of("Stakeholder")]] = (),
    way: CommunicationWay | None = None,
    text: str = "",
    owner: Annotated[str, Of("Party")] = "",
    due_at: Moment | None = None,
) -> Properties:
    """Plan an act of a plan of communication of the management system (GR2.4).

    Args:
        tx: The transaction.
        policies: In force.
        document: Id or key of the plan, a document of the management system.
        title: What it is about, in a line.
        audience: Whom it is for, in words.
        to: Persons and groups who are told.
        customers: Customers whose users are told.
        stakeholders: Stakeholders; who answers for them is told.
        way: How they are told; a message is one of this product.
        text: What they are told; what a message says.
        owner: Person or group that sees to it.
        due_at: By when it is to be done, RFC 3339.

    Examples:
        fsg communication plan MGD-000001 "goals of the year" --to everybody --way meeting

    Raises:
        NotFound: The document, or somebody who is named, is not there.
        BadInput: It has no title, or a message has no text or is for nobody.
        Refused: PLAN_RETIRED.
    """
    said = _said(title, audience, way, text, due_at)
    named = {"parties": [*to], "customers": [*customers], "stakeholders": [*stakeholders]}
    it = await kept(tx, "ManagementDocument", document, owner)
    _check_holds(it.record)
    return await _planned(tx, policies, said, named, (PLANNED_IN, it, owner))


@verb("communication.perform", room=Process.RDM, requirement="PR13.3", on=KIND)
async def perform_communication_action(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    ref: AnAct,
    *,
    note: str = "",
    people: int | None = None,
    expected_version: int | None = None,
) -> Properties:
    """Say that people were told; a message of this product goes to them by that (PR13.3).

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says which services a release reaches, where their users are told.
        ref: Id or key of the communication action.
        note: What there is to report.
        people: How many were told; of a message that is counted.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg communication perform COM-000001 --note "in the meeting of all" --people 40

    Raises:
        NotFound: There is no such action.
        BadInput: The count makes no sense, or is given of a message.
        Refused: It is performed or given up, or NOBODY_TO_TELL.
        Conflict: VERSION_CONFLICT.
    """
    row = found(await tx.rows("rdm.communication_context", ref=ref), "communication action", ref)
    act = row["action"]
    check_version(act, expected_version)
    target = stepped(policies, KIND, act, "communication.perform")
    effects = gravest([row["altered"]])
    services = reaching.alone(effects).services if act.get("to_users") else ()
    for each in services:
        tx.relate(TELLS_USERS_OF.type, act["id"], each.id)
    given = {"action": act["id"], "services": [each.id for each in services], "actor": tx.actor}
    counted = int((await tx.one("rdm.people_told", **given))["people"])
    after = {"status": target, "closed_at": tx.at, "performed_by": tx.actor, "note": note.strip()}
    return tx.update(KIND, act, {**after, **_told(tx, act, counted, people)})


# --- within --------------------------------------------------------------------------------------


def _check_holds(plan: Properties) -> None:
    """Refuse a plan that counts no more.

    Raises:
        Refused: PLAN_RETIRED.
    """
    if plan.get("closed_at") is not None:
        raise Refused(
            f"{plan['key']} counts no more",
            code="PLAN_RETIRED",
            why="what is planned stands in a plan that holds",
            remedy="name the version that holds, or a draft",
            path=("document",),
            requirement="GR2.4",
        )


def _said(
    title: str, audience: str, way: CommunicationWay | None, text: str, due_at: str | None
) -> dict[str, Any]:
    if len(text) > MOST_WORDS:
        told = f"{MOST_WORDS:,} characters at most"
        raise BadInput("the text is too long", remedy=told, path=("text",))
    said: dict[str, Any] = {"title": titled(title), "audience": audience, "text": text.strip()}
    said |= {"way": way.value} if way is not None else {}
    return said | ({"due_at": to_text(from_text(due_at, path=("dueAt",)))} if due_at else {})


def _check_message(said: Mapping[str, Any], named: Mapping[str, Sequence[str]]) -> None:
    """Refuse a message that says nothing, or goes to nobody."""
    if said.get("way") != CommunicationWay.MESSAGE:
        return
    if not said["text"]:
        remedy = "say what they are told"
        raise BadInput("a message has no text", remedy=remedy, path=("text",))
    if not said.get("to_users") and not any(named.values()):
        remedy = "name persons, groups, customers or stakeholders"
        raise BadInput("a message is for nobody", remedy=remedy, path=("to",))


async def _planned(
    tx: Tx,
    policies: Policies,
    said: Mapping[str, Any],
    named: Mapping[str, Sequence[str]],
    of: tuple[RelationInfo, Kept, str],
) -> Properties:
    """A new act of a release or a plan, those to whom it goes, and who sees to it."""
    _check_message(said, named)
    rows = await tx.rows("rdm.addressees", **named) if any(named.values()) else []
    ids = {(each["of"], each["ref"]): str(each["id"]) for each in rows}
    for name, refs in named.items():
        for place, ref in enumerate(refs):
            if (name, ref) not in ids:
                told = f"nobody of {name} is called '{ref[:120]}'"
                path = "to" if name == "parties" else name
                remedy = "check the id or key, or register it"
                raise NotFound(told, remedy=remedy, path=(path, place))
    made = tx.create(KIND, {**said, "status": life_of(policies, KIND).initial})
    bond, it, owner = of
    tx.relate(bond.type, made["id"], it.record["id"])
    for name, id in dict.fromkeys((name, id) for (name, _), id in ids.items()):
        tx.relate(_ADDRESSED[name], made["id"], id)
    if owner:
        own(tx, Kept(made, {}, it.owners), owner)
    return made


def _told(tx: Tx, act: Mapping[str, Any], counted: int, people: int | None) -> dict[str, Any]:
    """How many were told, and since when their messages are on the way."""
    if act.get("way") != CommunicationWay.MESSAGE:
        if people is not None and not 0 <= people <= 10_000_000_000:
            raise BadInput("this is no count", remedy="a whole number from 0 on", path=("people",))
        return {"people_told": counted if people is None and counted else people}
    if people is not None:
        remedy = "leave it out"
        told = "how many get a message is counted, and not said"
        raise BadInput(told, remedy=remedy, path=("people",))
    if not counted:
        raise Refused(
            f"nobody would get {act['key']}",
            code="NOBODY_TO_TELL",
            why="those to whom it is addressed have nobody who could be told",
            remedy="`communication cancel` it, and plan another for somebody else",
            requirement="PR13.3",
        )
    return {"people_told": counted, "sent_at": tx.at}
