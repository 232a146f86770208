"""The schedule of changes as a month on a page: forward and past, releases included (PR12.6).

    GET /calendar?month=2026-11      the weeks of a month; left out: the month that it is now

Days are of UTC, as all moments on the pages are.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response

from fitsm_graph.kernel.clock import Clock, from_text, to_text
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.web.execute import Ask, Asker, operation
from fitsm_graph.web.question import MOST_ELEMENTS, Question, Verb
from fitsm_graph.web.templates import render

MOST = 200
"""Changes, releases and windows that a month shows; the page says how many it leaves out."""
FIRST_YEAR, LAST_YEAR = 1970, 2199
READ = ["GET", "HEAD"]
Row = Mapping[str, Any]
_DAY = timedelta(days=1)
_WHOLE = ("00:00", "24:00")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_ASSUMED: Mapping[str, Verb] = {"DOWN": "fail", "DEGRADED": "degrade", "AT_RISK": "degrade"}
"""What a change is assumed to do to an element, by the effect that it is said to have."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something in the schedule.

    Attributes:
        kind: change, release, maintenance or freeze.
        key: Of its record; empty: it is a rule.
        title: In a line.
        starts: First moment.
        ends: Moment after the last.
        notes: What else is to be known, such as its type and status.
        findings: What it collides with.
        reaches: Page that shows what it reaches; empty: nothing of it can be shown.
    """

    kind: str
    key: str
    title: str
    starts: datetime
    ends: datetime
    notes: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    reaches: str = ""

    def on(self, day: date) -> str:
        """When on a day it is, such as ``02:00–04:00``; what goes on over its ends is said so."""
        begins, ends = _midnight(day), _midnight(day + _DAY)
        since = f"{self.starts:%H:%M}" if self.starts >= begins else ""
        until = f"{self.ends:%H:%M}" if self.ends < ends else "24:00" if self.ends == ends else ""
        if since and until and (since, until) != _WHOLE:
            return f"{since}–{until}"
        if bool(since) != bool(until):
            return f"from {since}" if since else f"until {until}"
        return "all day"


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the page.

    Attributes:
        inside: It is one of the month.
        today: It is the day that it is now.
        entries: What is in it, by when it begins.
    """

    date: date
    inside: bool
    today: bool
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """A month by weeks, from Monday to Sunday.

    Attributes:
        first: Its first day.
        now: The day that it is now.
    """

    first: date
    now: date

    @property
    def before(self) -> str:
        """The month before it; empty: there is no page of that."""
        return _named(self.first - _DAY)

    @property
    def after(self) -> str:
        """The month after it; empty: there is no page of that."""
        return _named(self._following)

    @property
    def begins(self) -> date:
        """The Monday of its first week."""
        return self.first - _DAY * self.first.weekday()

    @property
    def ends(self) -> date:
        """The Monday after its last week."""
        return self._following + _DAY * (-self._following.weekday() % 7)

    @property
    def _following(self) -> date:
        return (self.first + _DAY * 31).replace(day=1)

    def variables(self) -> dict[str, object]:
        """Return the variables of the `Calendar` operation."""
        since, until = _midnight(self.begins), _midnight(self.ends)
        return {"since": to_text(since), "until": to_text(until), "first": MOST}

    def weeks(self, entries: Sequence[Entry]) -> list[list[Day]]:
        """All its weeks, with what is in them."""
        days = [self._day(self.begins + _DAY * n, entries) for n in range(self._length)]
        return [days[n : n + 7] for n in range(0, len(days), 7)]

    @property
    def _length(self) -> int:
        return (self.ends - self.begins).days

    def _day(self, day: date, entries: Iterable[Entry]) -> Day:
        begins, ends = _midnight(day), _midnight(day + _DAY)
        found = tuple(each for each in entries if each.starts < ends and begins < each.ends)
        return Day(day, day.month == self.first.month, day == self.now, found)


def router(ask: Ask, clock: Clock) -> APIRouter:
    """Build the route of the calendar.

    Args:
        ask: Says who asks.
        clock: Says which month it is.
    """
    routes = APIRouter()

    @routes.api_route("/calendar", methods=READ)
    async def calendar(request: Request) -> Response:
        asker = await ask(request)
        return await _calendar(asker, read_month(request.query_params.multi_items(), clock.now()))

    return routes


def read_month(pairs: Iterable[tuple[str, str]], now: datetime) -> Month:
    """Read which month is asked for.

    Raises:
        BadInput: It is none, or something else is asked as well.
    """
    given = [(name, value.strip()) for name, value in pairs]
    unknown = [name for name, _ in given if name != "month"]
    if unknown or len(given) > 1:
        what = f"The parameter '{unknown[0][:100]}' is unknown" if unknown else "Two months"
        raise _bad(what, unknown[0] if unknown else "month")
    today = now.astimezone(UTC).date()
    text = given[0][1] if given else ""
    if not text:
        return Month(today.replace(day=1), today)
    if not _MONTH.fullmatch(text) or not _is_month(int(text[:4]), int(text[5:])):
        raise _bad(f"'{text[:100]}' is not a month", "month")
    return Month(date(int(text[:4]), int(text[5:]), 1), today)


def _is_month(year: int, month: int) -> bool:
    return FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12


def _bad(what: str, name: str) -> BadInput:
    return BadInput(
        what,
        why="the address of the page is the question; it is answered as it stands or not at all",
        remedy=f"one of the years {FIRST_YEAR} to {LAST_YEAR}, such as /calendar?month=2026-11",
        path=(name,),
    )


def _named(day: date) -> str:
    return f"{day:%Y-%m}" if FIRST_YEAR <= day.year <= LAST_YEAR else ""


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


async def _calendar(asker: Asker, month: Month) -> Response:
    named, asked = operation("Calendar"), month.variables()
    data = await asker.ask(named.name, asked)
    pages = [data[each] for each in ("changes", "releases", "maintenanceWindows")]
    entries = sorted(read_entries(data), key=lambda each: (each.starts, each.ends, each.key))
    return render(
        "calendar.html",
        month=month,
        weeks=month.weeks(entries),
        entries=entries,
        left_out=sum(page["totalCount"] - len(page["nodes"]) for page in pages),
        more_windows=len(data["changeWindows"]) == MOST,
        operation=named,
        variables=json.dumps(asked),
    )


def read_entries(data: Row) -> Iterator[Entry]:
    """Read the data of the `Calendar` operation."""
    for each in data["changes"]["nodes"]:
        yield _planned("change", each, _reached(each["alters"]), each.get("riskClass") or "")
    for each in data["releases"]["nodes"]:
        yield _planned("release", each, "", "")
    for each in data["maintenanceWindows"]["nodes"]:
        hit = [{**one, "effect": ""} for one in each["covers"]]
        span = from_text(each["startsAt"]), from_text(each["endsAt"])
        yield Entry("maintenance", each["key"], each["title"], *span, reaches=_reached(hit))
    for each in data["changeWindows"]:
        types = ", ".join(each["types"]).lower()
        span = from_text(each["startsAt"]), from_text(each["endsAt"])
        title = each["why"] or each["name"]
        yield Entry(each["effect"].lower(), "", title, *span, notes=(f"for changes: {types}",))


def _planned(kind: str, row: Row, reaches: str, risk: str) -> Entry:
    """A change or a release, which say alike when they are."""
    notes = [row["type"], row["outcome"] or row["status"], f"risk {risk}" if risk else ""]
    said = tuple(str(each).lower().replace("_", " ") for each in notes if each)
    return Entry(
        kind,
        row["key"],
        row["title"],
        from_text(row["plannedStartsAt"]),
        from_text(row["plannedEndsAt"]),
        said,
        tuple(row["scheduleFindings"] or ()),
        reaches,
    )


def _reached(hits: Sequence[Row]) -> str:
    """The page of what elements reach; empty where there are none, or more than one page takes."""
    question = Question()
    for each in hits:
        question = question.toggled(_ASSUMED.get(each["effect"], "maintain"), each["element"]["id"])
    return question.url() if 0 < len(hits) <= MOST_ELEMENTS else ""
