"""Verbs over management documents: written, approved by another, communicated, reviewed (GR2.4).

A version is a draft until somebody approves it who wrote none of it; that retires the version
before. The words of a document stand here, or it is kept elsewhere and known by address and digest.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any

from fitsm_graph.flow.lives import life_of
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import titled, told
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Moment, Of
from fitsm_graph.graph.tx import Tx, check_version
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import BadInput, Refused
from fitsm_graph.model.declare import Process
from fitsm_graph.model.sms_system import COMMUNICATED_TO, DESCRIBES, REVISES
from fitsm_graph.sms.due_rules import DocumentKind, rule_in
from fitsm_graph.sms.records import address, sha256_text
from fitsm_graph.sms.within import (
    OF_A_SERVICE_NAMED,
    Read,
    check_of_service,
    check_other,
    led,
    moment,
    owned,
    process_named,
    read,
    worded,
)

KIND = "ManagementDocument"
ADocument = Annotated[str, Of(KIND)]
AParty = Annotated[str, Of("Party")]
AService = Annotated[str, Of("Service")]


@verb(
    "management_document.register",
    room=Process.SMS,
    requirement="GR2.4",
    on=KIND,
    subject=OF_A_SERVICE_NAMED,
)
async def register_management_document(
    tx: Tx,
    policies: Policies,
    title: str,
    kind_of_document: DocumentKind,
    *,
    process: Process | None = None,
    service: AService = "",
    text: str = "",
    url: str = "",
    digest: str = "",
    description: str = "",
    owner: AParty = "",
) -> Properties:
    """Write the first version of a document of the system or a part of it, as a draft (GR2.4).

    Args:
        tx: The transaction.
        policies: In force.
        title: What it is called.
        kind_of_document: What it is.
        process: The process that it is of; left out: the system as a whole.
        service: The service that it describes: of a service description, and of nothing else.
        text: What it says; or give its address.
        url: Its address, by http or https.
        digest: SHA-256 of what is there, 64 hexadecimal digits.
        description: What it is for.
        owner: Person or group that answers for it.

    Examples:
        fsg management-document register "Service management policy" policy --text "We …"
        fsg management-document register "Changes" process_definition --process chm --its-url https://wiki.example.org/chm
        fsg management-document register "Portal" service_description --service mail --text "…"

    Raises:
        NotFound: The service or the owner is not there.
        BadInput: DOCUMENT_WITHOUT_CONTENT, or with what is wrong: a service description names no
            service, or something else names one.
    """
    said = _content(text, url, digest)
    check_of_service(kind_of_document, service, process=process)
    of_process = process_named(process)
    it = await read(tx, owner=owner, service=service)
    series = tx.new_id()
    fields = {"title": titled(title), "description": description.strip(), "of_process": of_process}
    fields |= {"kind_of_document": kind_of_document, "series": series}
    made = _drafted(tx, policies, {**fields, **said}, id=series)
    owned(tx, it, made, owner)
    _describes(tx, made, [it.other("service", service)] if service else [])
    return made


@verb("management_document.describe", room=Process.SMS, requirement="GR2.4", on=KIND)
async def describe_management_document(
    tx: Tx,
    policies: Policies,
    ref: ADocument,
    *,
    title: str = "",
    text: str = "",
    url: str = "",
    digest: str = "",
    expected_version: int | None = None,
) -> Properties:
    """Change a draft; whoever changed it may not approve it (GR2.4).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the document.
        title: What it is called; as before when left out.
        text: What it says; as before when neither that nor an address is given.
        url: Its address, by http or https.
        digest: SHA-256 of what is there, 64 hexadecimal digits.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg management-document describe MGD-000001 --text "We want to get better."

    Raises:
        NotFound: There is no such document.
        Refused: It is no draft any more.
        Conflict: VERSION_CONFLICT.
    """
    it = await read(tx, ref)
    document = it.record(KIND, ref)
    check_version(document, expected_version)
    led(policies, KIND, document, "describe", "revise it: that makes the next version")
    after: dict[str, Any] = {"title": titled(title)} if title else {}
    if text or url:
        after |= _content(text, url, digest)
    changed = any(document.get(name, "") != value for name, value in after.items())
    if changed and tx.actor not in document["authors"]:
        after["authors"] = [*document["authors"], tx.actor]
    return tx.update(KIND, document, after)


@verb("management_document.revise", room=Process.SMS, requirement="GR2.4", on=KIND)
async def revise_management_document(
    tx: Tx,
    policies: Policies,
    ref: ADocument,
    why: str,
    *,
    text: str = "",
    url: str = "",
    digest: str = "",
    owner: AParty = "",
) -> Properties:
    """Write the next version of a document, as a draft; until approved, this one holds (GR2.4).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the version that is in force.
        why: Why there is a next version.
        text: What it says; or give its address.
        url: Its address, by http or https.
        digest: SHA-256 of what is there, 64 hexadecimal digits.
        owner: Person or group that answers for it.

    Examples:
        fsg management-document revise MGD-000001 "the audit asked for goals" --text "We will …"

    Raises:
        NotFound: There is no such document.
        BadInput: DOCUMENT_WITHOUT_CONTENT.
        Refused: It is a draft, or retired; DOCUMENT_BEING_REVISED.
    """
    reason = told(why, "why", "say why there is a next version", "GR2.4")
    said = _content(text, url, digest)
    it = await read(tx, ref, owner=owner)
    document = it.record(KIND, ref)
    led(policies, KIND, document, "revise", "change the draft, or register another document")
    last = _last(it, document)
    same = ("title", "description", "of_process", "kind_of_document", "series")
    kept = {name: document.get(name, "") for name in same}
    made = _drafted(tx, policies, {**kept, **said, "number": last + 1, "why": reason})
    tx.relate(REVISES.type, made["id"], document["id"])
    _describes(tx, made, it.row["describes"])
    owned(tx, it, made, owner)
    return made


@verb("management_document.approve", room=Process.SMS, requirement="GR2.4", on=KIND)
async def approve_management_document(
    tx: Tx,
    policies: Policies,
    ref: ADocument,
    *,
    next_review_at: Moment | None = None,
    expected_version: int | None = None,
) -> Properties:
    """Approve a draft that somebody else wrote; the version before it is retired (GR2.4).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the document.
        next_review_at: By when it is to be looked at again, RFC 3339; as the rule says otherwise.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg management-document approve MGD-000001

    Raises:
        NotFound: There is no such document.
        Refused: SEPARATION_OF_DUTIES, or it is no draft.
        Conflict: VERSION_CONFLICT.
    """
    it = await read(tx, ref)
    document = it.record(KIND, ref)
    check_version(document, expected_version)
    target = led(policies, KIND, document, "approve", "revise it: that makes the next version")
    check_other(tx, it, document["authors"], f"approve {document['key']}", "GR2.4")
    next_at = moment(next_review_at, "nextReviewAt") or _next(policies, document, tx.at)
    ended = led(policies, KIND, {**document, **target}, "retire")
    for each in it.row["versions"]:
        if each["status"] not in {"draft", ended["status"]}:
            gone = {"why": f"{document['key']} takes its place", "closed_at": tx.at}
            tx.update(KIND, each, {**ended, **gone})
    approved = {"approver": tx.actor, "approved_at": tx.at, "next_review_at": next_at}
    return tx.update(KIND, document, {**target, **approved})


@verb("management_document.communicate", room=Process.SMS, requirement="GR2.4", on=KIND)
async def communicate_management_document(
    tx: Tx, policies: Policies, ref: ADocument, to: Sequence[AParty]
) -> Properties:
    """Say to whom a document was communicated; others may be told later (GR2.4).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the document.
        to: Persons and groups who were told of it.

    Examples:
        fsg management-document communicate MGD-000001 everybody

    Raises:
        NotFound: There is no such document, person or group.
        BadInput: Nobody is named.
        Refused: It is not approved, or retired.
    """
    if not to:
        raise BadInput("nobody was told", remedy="name persons or groups", path=("to",))
    it = await read(tx, ref, parties=to)
    document = it.record(KIND, ref)
    target = led(policies, KIND, document, "communicate", "approve it first")
    for party in it.parties(to, "to"):
        if party not in it.row["told"]:
            tx.relate(COMMUNICATED_TO.type, document["id"], party)
    first = document.get("communicated_at") or tx.at
    return tx.update(KIND, document, {**target, "communicated_at": first})


@verb("management_document.review", room=Process.SMS, requirement="GR2.4", on=KIND)
async def review_management_document(
    tx: Tx,
    policies: Policies,
    ref: ADocument,
    *,
    next_review_at: Moment | None = None,
) -> Properties:
    """Say that a document was looked at and still holds; else revise or retire it (GR2.4).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the document.
        next_review_at: By when it is to be looked at again, RFC 3339; as the rule says otherwise.

    Examples:
        fsg management-document review MGD-000001

    Raises:
        NotFound: There is no such document.
        Refused: It is a draft, or retired.
    """
    it = await read(tx, ref)
    document = it.record(KIND, ref)
    led(policies, KIND, document, "review", "approve it first")
    next_at = moment(next_review_at, "nextReviewAt") or _next(policies, document, tx.at)
    return tx.update(KIND, document, {"reviewed_at": tx.at, "next_review_at": next_at})


@verb("management_document.retire", room=Process.SMS, requirement="GR2.4", on=KIND)
async def retire_management_document(
    tx: Tx, policies: Policies, ref: ADocument, why: str
) -> Properties:
    """Say that a document counts no more, or give a draft up (GR2.4).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the document.
        why: Why it counts no more.

    Examples:
        fsg management-document retire MGD-000001 "the process definition says it all"

    Raises:
        NotFound: There is no such document.
        Refused: It is retired already.
    """
    said = told(why, "why", "say why it counts no more", "GR2.4")
    it = await read(tx, ref)
    document = it.record(KIND, ref)
    target = led(policies, KIND, document, "retire")
    return tx.update(KIND, document, {**target, "why": said, "closed_at": tx.at})


# --- within --------------------------------------------------------------------------------------


def _content(text: str, url: str, digest: str) -> dict[str, str]:
    """What a document says, or where it is.

    Raises:
        BadInput: DOCUMENT_WITHOUT_CONTENT.
    """
    if bool(text.strip()) == bool(url.strip()):
        raise BadInput(
            "a document has either a text or an address",
            code="DOCUMENT_WITHOUT_CONTENT",
            why="both are given" if text.strip() else "neither is given",
            remedy="give what it says, or where it is",
            path=("text",),
            requirement="GR2.4",
        )
    where = address(url.strip()) if url.strip() else ""
    return {"text": worded(text, "text"), "url": where, "digest": sha256_text(digest)}


def _drafted(tx: Tx, policies: Policies, fields: Mapping[str, Any], *, id: str = "") -> Properties:
    """A version that is new: a draft of who acts."""
    born = {"number": 1, "authors": [tx.actor], "status": life_of(policies, KIND).initial}
    return tx.create(KIND, {**born, **fields}, id=id)


def _describes(tx: Tx, document: Properties, services: Sequence[str]) -> None:
    """Say which service a document is about, by its id; most are about none."""
    for each in services:
        tx.relate(DESCRIBES.type, document["id"], each)


def _last(it: Read, document: Properties) -> int:
    """Number of the last version of a document's series.

    Raises:
        Refused: DOCUMENT_BEING_REVISED, when that is a draft.
    """
    drafts = [each for each in it.row["versions"] if each["status"] == "draft"]
    if drafts:
        raise Refused(
            f"{document['key']} is being revised already",
            code="DOCUMENT_BEING_REVISED",
            why=f"{drafts[0]['key']} is a draft",
            remedy="change that one, or retire it",
            requirement="GR2.4",
        )
    return max(int(each["number"]) for each in (document, *it.row["versions"]))


def _next(policies: Policies, document: Properties, at: str) -> str:
    """By when a document is to be looked at again, by the rule in force."""
    after: timedelta = rule_in(policies).documents[document["kind_of_document"]]
    return to_text(from_text(at) + after)
