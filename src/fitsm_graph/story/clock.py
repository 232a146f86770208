"""When the story begins, and the clock that it drives."""

from datetime import UTC, datetime, timedelta

from fitsm_graph.kernel.clock import Clock, SystemClock

WEEKS = 13
"""How long the story is: 90 days and the hours until its last evening."""


class StoryClock:
    """A clock that the story drives, and that goes by itself once it is told.

    Args:
        begins: Where it stands at first.
        real: What it shows afterwards; the machine's clock when left out.
    """

    def __init__(self, begins: datetime, real: Clock | None = None) -> None:
        self._at = begins.astimezone(UTC)
        self._real = real or SystemClock()
        self._driven = True

    def now(self) -> datetime:
        """The moment of the story, or the present one after it."""
        return self._at if self._driven else self._real.now()

    def to(self, moment: datetime) -> None:
        """Go on to a moment; it never goes back, as the ledger does not."""
        self._at = max(self._at, moment.astimezone(UTC))

    def let_go(self) -> None:
        """The story is over: from now on it is what it is."""
        self._driven = False


def beginning(now: datetime) -> datetime:
    """The Monday on which the story begins, so that it is over by the Monday of this week.

    Days of the week matter: changes are made on Sundays, and meetings are held on working days.

    >>> beginning(datetime(2026, 11, 25, 14, 30, tzinfo=UTC))
    datetime.datetime(2026, 8, 24, 0, 0, tzinfo=datetime.timezone.utc)
    """
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday(), weeks=WEEKS)


def is_beginning(moment: datetime) -> bool:
    """Whether a story may begin at a moment: at midnight, on a Monday.

    >>> is_beginning(datetime(2026, 8, 24, tzinfo=UTC))
    True
    """
    return beginning(moment) + timedelta(weeks=WEEKS) == moment
