"""Periods over which processes are looked at: any, and the weeks, months and quarters (PR10, PR14).

A period is half-open, in UTC: what happens at its end belongs to the next one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.clock import from_text, stored_moment, to_text
from fitsm_graph.kernel.errors import BadInput, Refused


@dataclass(frozen=True, slots=True)
class Period:
    """From when until when; half-open, UTC text in the stored form."""

    since: str
    until: str

    def saw(self, began: str | None) -> bool:
        """Whether a ledger that began at a moment, or not at all, had begun before its end."""
        return began is not None and began < self.until


class Step(StrEnum):
    """How long the periods of a trend are."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


SETTLED = timedelta(hours=1)
"""After the end of a period, until all that belongs to it was recorded by other jobs."""
PERIOD_OVER = Request(actor="system", via="scheduler", reason="the period is over")
"""What jobs do once a period is over, they do in this way."""
MOST_PERIODS = 60
"""Periods of one trend."""
_MONTHS = {Step.MONTH: 1, Step.QUARTER: 3}


def periods(whole: Period, step: Step) -> list[Period]:
    """A period divided where weeks, months or quarters begin, UTC; the ends may be shorter.

    Raises:
        BadInput: There would be too many.
    """
    until, found = from_text(whole.until), list[Period]()
    begins = from_text(whole.since)
    while begins < until:
        ends = min(_next(begins, step), until)
        found.append(Period(to_text(begins), to_text(ends)))
        begins = ends
        if len(found) > MOST_PERIODS:
            raise BadInput(
                f"there are more than {MOST_PERIODS} periods of a {step}",
                remedy="give a later beginning, or longer periods",
                path=("since",),
            )
    return found


def _next(moment: datetime, step: Step) -> datetime:
    """When the next week, month or quarter after a moment begins."""
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if step is Step.WEEK:
        return day + timedelta(days=7 - day.weekday())
    length = _MONTHS[step]
    count = day.year * 12 + (day.month - 1) // length * length + length
    return day.replace(year=count // 12, month=count % 12 + 1, day=1)


def last_whole(step: Step, now: datetime, count: int = 1) -> list[Period]:
    """The last weeks, months or quarters that are over, in order.

    Args:
        step: How long each is.
        now: None of them ends after it.
        count: How many.
    """
    ends, found = begin_of(step, now), list[Period]()
    for _ in range(count):
        begins = begin_of(step, ends - timedelta(days=1))
        found.append(Period(to_text(begins), to_text(ends)))
        ends = begins
    return found[::-1]


def begin_of(step: Step, moment: datetime) -> datetime:
    """When the week, month or quarter of a moment began.

    >>> begin_of(Step.QUARTER, datetime(2026, 11, 24, 9)).isoformat()
    '2026-10-01T00:00:00'
    """
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if step is Step.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(month=(day.month - 1) // _MONTHS[step] * _MONTHS[step] + 1, day=1)


def period_meant(
    step: Step, now: str, since: str | None, until: str | None, *, requirement: str, remedy: str
) -> Period:
    """The period that is meant, which is over: the last whole one where nothing is said.

    Args:
        step: How long the periods are.
        now: In the stored form; none that is meant ends after it.
        since: Beginning, RFC 3339.
        until: End, RFC 3339; not included.
        requirement: That asks for looking at it.
        remedy: What to do where it is not over.

    Raises:
        BadInput: Only one end of the period is given, or it ends before it begins.
        Refused: PERIOD_NOT_OVER.
    """
    if since is None and until is None:
        return last_whole(step, from_text(now))[0]
    if since is None or until is None:
        raise BadInput("a period has two ends", remedy="give both, or neither", path=("since",))
    meant = between(since, until)
    if meant.until > now:
        raise Refused(
            "the period is not over",
            code="PERIOD_NOT_OVER",
            why=f"it ends at {meant.until}, and what happens until then belongs to it",
            remedy=remedy,
            requirement=requirement,
        )
    return meant


def between(since: str, until: str) -> Period:
    """The period between two moments as clients say them.

    Args:
        since: Beginning, RFC 3339; included.
        until: End, RFC 3339; not included.

    Raises:
        BadInput: A moment cannot be read, or the period ends before it begins.
    """
    first, last = stored_moment(since, path=("since",)), stored_moment(until, path=("until",))
    if last <= first:
        raise BadInput(
            "the period ends before it begins",
            why=f"it would be from {first} until {last}",
            remedy="give a later end",
            path=("until",),
        )
    return Period(first, last)
