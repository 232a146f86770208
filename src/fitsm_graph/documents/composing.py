"""A document composed: its questions asked as whoever issues it, its answers told in sections.

A content is read in several statements, before its verb takes the ledger's head. The entries before
and after are compared, and it is read again where others wrote meanwhile; after some tries both are
named, and the document says so itself.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fitsm_graph.documents.declaring import DocumentForm, Time
from fitsm_graph.documents.kinds import FORMS
from fitsm_graph.documents.shaping import at
from fitsm_graph.graph.sight import Sight
from fitsm_graph.kernel.canonical import digest_value
from fitsm_graph.kernel.clock import from_text, stored_moment, to_text
from fitsm_graph.kernel.errors import BadInput, NotFound, Refused
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.process import OF_REQUIREMENTS
from fitsm_graph.model.roles import PROCESSES
from fitsm_graph.model.sms_documents import PROCESS, DocumentWord
from fitsm_graph.sms.content import packed, too_large
from fitsm_graph.sms.issuing import Draft, Wanted

Ask = Callable[[str, Mapping[str, Any], str, int], Awaitable[Mapping[str, Any]]]
"""Asks one operation of a GraphQL document with variables, at a ledger entry or later."""

USUAL_AHEAD = timedelta(days=90)
"""How far a document looks ahead, where nobody says."""
BEFORE = timedelta(days=180)
"""How far back of the end of its period, or of now, a document looks for a trend."""
MOST_ROWS = 20_000
"""Rows of one list of a document."""
TRIES = 3
LONGEST_TITLE = 200
FORM = 1
"""Of the content, for whoever reads it as JSON."""


@dataclass(frozen=True, slots=True)
class Asking:
    """How somebody asks.

    Attributes:
        ask: Asks as they may.
        head: Where the ledger stands.
        sight: CI types that they see; None: all.
        now: The moment.
    """

    ask: Ask
    head: Callable[[], Awaitable[int]]
    sight: Sight
    now: datetime


@dataclass(frozen=True, slots=True)
class Period:
    """Of what time a document tells, in the stored form; None: of now."""

    starts_at: str | None = None
    ends_at: str | None = None


async def compose(asking: Asking, wanted: Wanted) -> Draft:
    """Compose the document that somebody wants issued.

    Raises:
        BadInput: It is about no record, or has no period, or DOCUMENT_TOO_LARGE.
        NotFound: There is no such record.
        Refused: NOTHING_TO_REPORT, when there is nothing yet that it would tell of.
    """
    form = FORMS[wanted.word]
    period = _period(form, wanted, asking.now)
    _check_subject(form, wanted)
    title = _titled(wanted.title) or form.title
    data, entry, entry_until = await _steady(asking, form, wanted, period)
    subject = _subject(form, wanted, data)
    title = f"{title}: {subject['key']}" if subject and not wanted.title else title
    said = {
        "form": FORM,
        "kind": form.word.value,
        "title": title,
        "process": form.process.value,
        "requirement": form.requirement,
        "about": subject,
        "period": {"since": period.starts_at, "until": period.ends_at} if period.ends_at else None,
        "madeAt": to_text(asking.now),
        "entry": entry,
        "entryUntil": entry_until,
        "sees": None if asking.sight is None else sorted(asking.sight),
        "sections": [each.shaped(data) for each in form.sections],
    }
    return Draft(
        wanted=wanted,
        title=title,
        series=_series(form, subject, period, asking.sight),
        subject="" if form.subject == PROCESS else form.subject,
        approved=form.approved,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        entry=entry,
        entry_until=entry_until,
        made_at=to_text(asking.now),
        sees=None if asking.sight is None else tuple(sorted(asking.sight)),
        content=await asyncio.to_thread(packed, said),
    )


# --- what is asked -------------------------------------------------------------------------------


async def _steady(
    asking: Asking, form: DocumentForm, wanted: Wanted, period: Period
) -> tuple[dict[str, Any], int, int]:
    """The answers, with the entries before and after: the same, unless others go on writing."""
    tries = 0
    while True:
        tries += 1
        entry = await asking.head()
        data = await _answers(asking, form, wanted, period, entry)
        entry_until = await asking.head()
        if entry == entry_until or tries == TRIES:
            return data, entry, entry_until


async def _answers(
    asking: Asking, form: DocumentForm, wanted: Wanted, period: Period, entry: int
) -> dict[str, Any]:
    """The answers to all operations; pages are followed to their end, under the operation's name.

    A record is found by its key, or else by its id; where there is none, nothing more is asked.
    """
    known = _known(asking, form, wanted, period)
    told: dict[str, Any] = {}
    for name, variables in form.operations.items():
        given = {each: known[each] for each in variables if each in known}
        if "after" in variables:
            told[name[0].lower() + name[1:]] = await _pages(asking, form, name, given, entry)
            continue
        found = await asking.ask(form.question, given, name, entry)
        if "by" in variables and found["record"] is None:
            given["by"] = {"id": wanted.about}
            found = await asking.ask(form.question, given, name, entry)
        told |= found
        if "by" in variables:
            record = found["record"]
            if record is None:
                break
            known |= _found(record)
    return told


def _found(record: Mapping[str, Any]) -> dict[str, Any]:
    """What the variables say that name the record or service that was found.

    `needed` are elements that it is, or that it needs.
    """
    same = {"id": {"eq": record["id"]}}
    needed = {"OR": [same, {"reaches": {"direction": "DOWNSTREAM", "to": same}}]}
    named = {"id": record["id"], "idText": record["id"], "key": record["key"]}
    return {**named, "needed": needed}


def _known(asking: Asking, form: DocumentForm, wanted: Wanted, period: Period) -> dict[str, Any]:
    """What the variables of a document's questions say, by name."""
    known = {
        "now": to_text(asking.now),
        "since": period.starts_at,
        "until": period.ends_at,
        "sinceText": period.starts_at,
        "untilText": period.ends_at,
        "by": {"key": wanted.about},
        "of": wanted.about,
    }
    if period.ends_at:
        known["before"] = to_text(min(from_text(period.ends_at), asking.now) - BEFORE)
    if form.subject == PROCESS:
        groups = {process.value: group for group, process in OF_REQUIREMENTS.items()}
        word = _process(wanted)
        known |= {"process": word, "requirement": groups[word]}
    return known


async def _pages(
    asking: Asking, form: DocumentForm, name: str, given: Mapping[str, Any], entry: int
) -> dict[str, Any]:
    """All rows of a list.

    Raises:
        BadInput: DOCUMENT_TOO_LARGE.
    """
    rows: list[Any] = []
    after = None
    while True:
        page = (await asking.ask(form.question, {**given, "after": after}, name, entry))["rows"]
        rows += page["nodes"]
        if len(rows) > MOST_ROWS:
            raise too_large(f"'{name}' has more than {MOST_ROWS:,} rows")
        if not page["pageInfo"]["hasNextPage"]:
            return {"nodes": rows, "totalCount": len(rows)}
        after = page["pageInfo"]["endCursor"]


# --- what is wanted ------------------------------------------------------------------------------


def _period(form: DocumentForm, wanted: Wanted, now: datetime) -> Period:
    """Of what time a document tells.

    Raises:
        BadInput: It has no such time, lacks one, or the time is none.
    """
    given = bool(wanted.since), bool(wanted.until)
    if form.time is Time.NOW and any(given):
        raise _refused(form, "since", "it has no period", "it tells how things are", "leave it out")
    if form.time is Time.PERIOD and not all(given):
        raise _refused(
            form, "since", "it needs a period", "it tells of one", "give since and until"
        )
    if form.time is Time.NOW:
        return Period()
    usual = to_text(now)
    since = stored_moment(wanted.since, path=("since",)) if wanted.since else usual
    ahead = to_text(now + USUAL_AHEAD)
    until = stored_moment(wanted.until, path=("until",)) if wanted.until else ahead
    if until <= since:
        why = f"it would be from {since} until {until}"
        raise _refused(form, "until", "its period ends before it begins", why, "give a later end")
    if form.time is Time.PERIOD and since >= usual:
        raise _refused(form, "since", "its period is to come", "nothing has happened", "wait")
    return Period(since, until)


def _check_subject(form: DocumentForm, wanted: Wanted) -> None:
    if form.subject and not wanted.about:
        why = f"it is about {form.subject}"
        raise _refused(form, "about", "it is about no record", why, "give its id or key")
    if wanted.about and not form.subject:
        why = "it tells of all there is"
        raise _refused(form, "about", "it is about a record", why, "leave it out")
    words = [each.value for each in PROCESSES]
    if form.subject == PROCESS and _process(wanted) not in words:
        told = f"there is no process '{wanted.about[:40]}'"
        raise NotFound(told, remedy=did_you_mean(_process(wanted), words), path=("about",))


def _process(wanted: Wanted) -> str:
    """The word of the process that is meant, however it is written."""
    return wanted.about.strip().lower()


def _subject(form: DocumentForm, wanted: Wanted, data: Mapping[str, Any]) -> dict[str, str] | None:
    """The record, service or process that a document is about, as its content names it.

    Raises:
        NotFound: There is none.
        Refused: NOTHING_TO_REPORT.
    """
    if not form.subject:
        return None
    if form.subject == PROCESS:
        return {"kind": PROCESS, "key": _process(wanted)}
    record = data["record"]
    if record is None:
        told = f"there is no {form.subject} '{wanted.about}'"
        raise NotFound(told, remedy="check the id or key", path=("about",))
    if form.needs and at(data, form.needs) in (None, ""):
        raise Refused(
            f"there is no {form.title.lower()} of {record['key']} yet",
            code="NOTHING_TO_REPORT",
            why=form.needs_why,
            remedy="issue it when there is",
            path=("about",),
            requirement=form.requirement,
        )
    return {"kind": form.subject, "id": record["id"], "key": record["key"]}


def period_series(word: DocumentWord, since: str, until: str, about: str = "") -> str:
    """What the versions of a document of a period have in common, seen by who sees everything.

    Args:
        word: Its kind.
        since: The beginning of its period, in the stored form.
        until: The end.
        about: Key of the service or process that it is about; empty: of none.
    """
    return "/".join((word.value, *([about] if about else []), since, until))


def _series(
    form: DocumentForm, subject: Mapping[str, str] | None, period: Period, sight: Sight
) -> str:
    """What the versions of a document have in common.

    What somebody with a limited sight issues does not supersede what tells of everything.
    """
    if form.time is Time.PERIOD:
        about = subject["key"] if subject else ""
        series = period_series(form.word, str(period.starts_at), str(period.ends_at), about)
    else:
        series = f"{form.word.value}/{subject['id']}" if subject else form.word.value
    if sight is None:
        return series
    return f"{series}/seen:{digest_value(sorted(sight))[:16]}"


def _titled(title: str) -> str:
    said = title.strip()
    if len(said) > LONGEST_TITLE:
        raise BadInput(
            "the title is too long",
            why=f"{LONGEST_TITLE} characters at most",
            remedy="give a shorter one",
            path=("title",),
        )
    return said


def _refused(form: DocumentForm, path: str, what: str, why: str, remedy: str) -> BadInput:
    return BadInput(
        f"no {form.title.lower()} is made so: {what}",
        why=why,
        remedy=remedy,
        path=(path,),
        requirement=form.requirement,
    )
