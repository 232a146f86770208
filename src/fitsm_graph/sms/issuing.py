"""Documents that processes hand out: issued, approved, withdrawn (GR2.3, GR2.4).

What a document says is composed before its verb begins, as it takes more than one read; the draft
names the entries of the ledger that it shows. A content is never changed: what is made anew is the
next version of its series, and supersedes the one before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fitsm_graph.flow.records import told
from fitsm_graph.graph.changes import Properties, kind_of
from fitsm_graph.graph.sight import Sight
from fitsm_graph.graph.signature import Moment, Of
from fitsm_graph.graph.tx import Tx, found
from fitsm_graph.graph.verb import Subject, verb, word_of
from fitsm_graph.kernel.errors import Broken, Forbidden, NotFound, Refused
from fitsm_graph.model.declare import Process
from fitsm_graph.model.sms_documents import (
    CONTENT_OF,
    DISTRIBUTED_TO,
    REPORTS_ON,
    REPORTS_ON_SERVICE,
    SERVICE,
    SUPERSEDES,
    DocumentStatus,
    DocumentWord,
)
from fitsm_graph.sms.content import Content

ADocument = Annotated[str, Of("Document")]
KIND = "Document"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which document somebody wants issued.

    Attributes:
        about: Id or key of the record or service, or name of the process; empty: it is about none.
        since: Beginning of its period, as it was said; empty: not said.
        until: Its end; likewise.
        title: What it is to be called; empty: as its kind says.
    """

    word: DocumentWord
    about: str = ""
    since: str = ""
    until: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A document that was composed, and waits to be issued.

    Attributes:
        wanted: What was asked for.
        series: What its versions have in common.
        subject: Kind of the record or service that it is about; empty: it is about none.
        approved: Somebody has to approve it before it is issued.
        starts_at: Beginning of its period, in the stored form; None: it has none.
        entry: Ledger entry that it shows.
        entry_until: The last one that it may show.
        made_at: When it was read.
        sees: CI types that were seen; None: all.
    """

    wanted: Wanted
    title: str
    series: str
    subject: str
    approved: bool
    starts_at: str | None
    ends_at: str | None
    entry: int
    entry_until: int
    made_at: str
    sees: tuple[str, ...] | None
    content: Content


def _reported_on(given: Mapping[str, Any]) -> str:
    """The service that a report is to be about."""
    of_service = word_of(given, "kind") == DocumentWord.SERVICE_REPORT
    return word_of(given, "about") if of_service else ""


@verb(
    "document.issue",
    room=Process.SMS,
    requirement="GR2.3",
    on=KIND,
    subject=Subject(SERVICE, _reported_on),
)
async def issue_document(
    tx: Tx,
    draft: Draft,
    kind: DocumentWord,
    *,
    about: Annotated[str, Of("ProcessRecord")] = "",
    since: Moment | None = None,
    until: Moment | None = None,
    title: str = "",
    to: Sequence[Annotated[str, Of("Party")]] = (),
) -> Properties:
    """Keep what a process hands out, as it is now, as the next version of its series (GR2.3).

    Some kinds are proposed, and issued when somebody else approves them.

    Args:
        tx: The transaction.
        draft: What it says, composed beforehand.
        kind: Which of the outputs it is.
        about: Id or key of the record or service that it is about, or the name of the process.
        since: Beginning of its period, RFC 3339; included.
        until: End of its period; not included.
        title: What it is called; as its kind says when left out.
        to: Ids or keys of persons and groups it is meant for.

    Examples:
        fsg document issue kedb
        fsg document issue post_implementation_review --about CHG-000001 --to cab
        fsg document issue incident_report --since 2026-11-01T00:00Z --until 2026-12-01T00:00Z

    Raises:
        NotFound: There is no such record, service or process, or no such person or group.
        BadInput: It is about no record, or has no period; or DOCUMENT_TOO_LARGE.
    """
    if draft.wanted != Wanted(kind, about, since or "", until or "", title):
        raise Broken("another document was composed than was asked for")
    given = {"series": draft.series, "about": about, "to": list(to)}
    row = await tx.one("sms.document_context", **given)
    subject = _subject(row["about"], draft)
    parties = _parties(row["parties"], to)
    made = _created(tx, draft, (row["last"] or 0) + 1)
    if subject:
        tie = REPORTS_ON_SERVICE if draft.subject == SERVICE else REPORTS_ON
        tx.relate(tie.type, made["id"], subject)
    for party in parties:
        tx.relate(DISTRIBUTED_TO.type, made["id"], party)
    _supersede(tx, made, row["live"])
    return made


@verb("document.approve", room=Process.SMS, requirement="GR2.4", on=KIND)
async def approve_document(tx: Tx, ref: ADocument) -> Properties:
    """Approve a document that is proposed, so that it is issued; never one's own (GR2.4).

    Args:
        tx: The transaction.
        ref: Id or key of the document.

    Examples:
        fsg document approve DCM-000001

    Raises:
        NotFound: There is no such document.
        Refused: DOCUMENT_SETTLED, when it is not proposed; SELF_APPROVAL.
        Forbidden: DOCUMENT_LIMITED, when not all that it says may be seen.
    """
    row = found(await tx.rows("sms.issued_document", ref=ref), "document", ref)
    document = row["document"]
    _check_status(document, "approved", DocumentStatus.PROPOSED)
    check_sight(document, tx.sight)
    if document["issuer"] == tx.actor:
        raise Refused(
            f"{document['key']} was issued by {tx.actor}",
            code="SELF_APPROVAL",
            why="nobody approves what they have made",
            remedy="let somebody else approve it",
            requirement="GR2.4",
        )
    for each in row["issued"]:
        tx.update(KIND, each, {"status": DocumentStatus.SUPERSEDED})
    after = {"status": DocumentStatus.ISSUED, "issued_at": tx.at}
    return tx.update(KIND, document, {**after, "approver": tx.actor, "approved_at": tx.at})


@verb("document.withdraw", room=Process.SMS, requirement="GR2.4", on=KIND)
async def withdraw_document(tx: Tx, ref: ADocument, why: str) -> Properties:
    """Take a document back: it is kept, and says that it counts no more (GR2.4).

    Args:
        tx: The transaction.
        ref: Id or key of the document.
        why: Why it counts no more.

    Examples:
        fsg document withdraw DCM-000001 "the figures of mail were wrong"

    Raises:
        NotFound: There is no such document.
        BadInput: It is not said why.
        Refused: DOCUMENT_SETTLED, when it is withdrawn already.
    """
    said = told(why, "why", "say why it counts no more", "GR2.4")
    document = found(await tx.rows("sms.issued_document", ref=ref), "document", ref)["document"]
    standing = (each for each in DocumentStatus if each is not DocumentStatus.WITHDRAWN)
    _check_status(document, "withdrawn", *standing)
    after = {
        "status": DocumentStatus.WITHDRAWN,
        "withdrawn_by": tx.actor,
        "withdrawn_at": tx.at,
        "why": said,
    }
    return tx.update(KIND, document, after)


def check_sight(document: Mapping[str, Any], sight: Sight) -> None:
    """Refuse somebody who may not see all that a document may tell of.

    Raises:
        Forbidden: DOCUMENT_LIMITED.
    """
    sees = document.get("sees")
    if sight is None or (sees is not None and set(sees) <= sight):
        return
    raise Forbidden(
        f"{document['key']} tells of more than you may see",
        code="DOCUMENT_LIMITED",
        why="it is kept as whoever issued it saw the graph, and nothing is taken out of it",
        remedy="issue it yourself, for what you see; or ask somebody who sees as much",
        requirement="GR2.4",
    )


# --- within --------------------------------------------------------------------------------------


def _created(tx: Tx, draft: Draft, number: int) -> Properties:
    """The record of a document, with the pieces of its content."""
    content = draft.content
    status = DocumentStatus.PROPOSED if draft.approved else DocumentStatus.ISSUED
    made = tx.create(
        KIND,
        {
            "title": draft.title,
            "kind_of_document": draft.wanted.word,
            "series": draft.series,
            "number": number,
            "status": status,
            "made_at": draft.made_at,
            "entry": draft.entry,
            "entry_until": draft.entry_until,
            "starts_at": draft.starts_at,
            "ends_at": draft.ends_at,
            "digest": content.digest,
            "size": content.size,
            "parts": len(content.parts),
            "issuer": tx.actor,
            "issued_at": tx.at if status is DocumentStatus.ISSUED else None,
            "sees": list(draft.sees) if draft.sees is not None else None,
        },
    )
    for place, text in enumerate(content.parts, start=1):
        given = {"key": f"{made['key']}/{place}", "number": place, "text": text}
        part = tx.create("DocumentPart", given)
        tx.relate(CONTENT_OF.type, part["id"], made["id"])
    return made


def _supersede(tx: Tx, made: Properties, live: Sequence[Properties]) -> None:
    """What a version takes the place of: proposals at once, an issued one when it is issued."""
    if live:
        tx.relate(SUPERSEDES.type, made["id"], live[-1]["id"])
    for each in live:
        if each["status"] == DocumentStatus.PROPOSED or made["status"] == DocumentStatus.ISSUED:
            tx.update(KIND, each, {"status": DocumentStatus.SUPERSEDED})


def _subject(rows: Sequence[Mapping[str, Any]], draft: Draft) -> str:
    """Id of the record that a document is about; empty: it is about none."""
    if not draft.subject:
        return ""
    ids = [each["id"] for each in rows if kind_of(each["labels"]) == draft.subject]
    if len(ids) != 1:
        told_of = f"there is no {draft.subject} '{draft.wanted.about}' any more"
        raise NotFound(told_of, remedy="check the id or key", path=("about",))
    return str(ids[0])


def _parties(rows: Sequence[Mapping[str, Any]], to: Sequence[str]) -> list[str]:
    """Ids of persons and groups, each once."""
    ids = {each["ref"]: each["id"] for each in rows}
    for place, ref in enumerate(to):
        if ref not in ids:
            raise NotFound(
                f"there is no person or group '{ref}'",
                remedy="check the id or key, or register it",
                path=("to", place),
            )
    return list(dict.fromkeys(ids[ref] for ref in to))


def _check_status(document: Properties, what: str, *wanted: DocumentStatus) -> None:
    if document["status"] not in wanted:
        raise Refused(
            f"{document['key']} cannot be {what}",
            code="DOCUMENT_SETTLED",
            why=f"it is {document['status']}",
            remedy="issue the next version",
            requirement="GR2.4",
        )
