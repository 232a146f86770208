"""Time is passed in, never asked for: verbs take a clock, tests drive one.

A moment is stored as text in UTC with microseconds and a final ``Z``. All such texts have the
same width, so that they sort as they happened, and their canonical form is themselves.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Protocol

from fitsm_graph.kernel.errors import BadInput


class Clock(Protocol):
    """Anything that can say what time it is."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(UTC)


class ManualClock:
    """A clock that stands still until it is told to move; for tests and for replaying a story."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return the moment the clock was set to."""
        return self._now

    def advance(self, by: timedelta) -> None:
        """Move the clock; a negative step is allowed, because real clocks do that too."""
        self._now += by

    def set(self, to: datetime) -> None:
        """Set the clock to a moment."""
        self._now = to.astimezone(UTC)


def to_text(moment: datetime) -> str:
    """Write a moment in the stored form.

    >>> to_text(datetime(2026, 11, 23, 8, 30, tzinfo=UTC))
    '2026-11-23T08:30:00.000000Z'
    >>> to_text(datetime(476, 9, 4, tzinfo=UTC))
    '0476-09-04T00:00:00.000000Z'
    """
    plain = moment.astimezone(UTC).replace(tzinfo=None)  # `strftime` does not pad years
    return f"{plain.isoformat(timespec='microseconds')}Z"


def from_text(text: str, *, path: tuple[str | int, ...] = ()) -> datetime:
    """Read a moment in RFC 3339; one without an offset is refused, because it names no moment.

    >>> from_text("2026-11-23T09:30:00+01:00")
    datetime.datetime(2026, 11, 23, 8, 30, tzinfo=datetime.timezone.utc)
    """
    try:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:  # in UTC it may be before the first year
        raise BadInput(
            f"'{text}' is not a moment in time",
            why="moments are written as RFC 3339",
            remedy="write it as 2026-11-23T08:30:00Z",
            path=path,
        ) from error
    if moment.tzinfo is None:
        raise BadInput(
            f"'{text}' names no moment",
            why="it has no offset from UTC",
            remedy=f"write {text}Z or {text}+01:00",
            path=path,
        )
    return moment


def stored_moment(text: str, *, path: tuple[str | int, ...] = ()) -> str:
    """Bring a moment, however it is written, into the stored form.

    >>> stored_moment("2026-11-23T09:30:00+01:00")
    '2026-11-23T08:30:00.000000Z'
    """
    return to_text(from_text(text, path=path))


_SPAN = re.compile(
    r"P(?=.)(?:(\d{1,6})W|(?:(\d{1,7})D)?(?:T(?=.)(?:(\d{1,8})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?)"
)
_UNITS = ("weeks", "days", "hours", "minutes", "seconds")


def span_from_text(text: str, *, path: tuple[str | int, ...] = ()) -> timedelta:
    """Read a duration in ISO 8601; years and months are refused, because their length varies.

    >>> span_from_text("P1DT12H")
    datetime.timedelta(days=1, seconds=43200)
    """
    found = _SPAN.fullmatch(text)
    if found is None:
        raise BadInput(
            f"'{text[:60]}' is not a duration",
            why="durations are written in ISO 8601, in weeks, or in days, hours, minutes, seconds",
            remedy="write it as P30D, PT12H or P2W",
            path=path,
        )
    parts = zip(_UNITS, found.groups(), strict=True)
    return timedelta(**{unit: int(part) for unit, part in parts if part is not None})
