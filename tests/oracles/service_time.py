"""Service time minute by minute: each minute is asked what its wall time is. Slow and plain.

Written from the definition alone: a minute counts when its wall time lies in an interval of its
date. Nothing of the product is used.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


def counts(zone, week, days, moment):
    """Whether the minute that begins at a moment is service time."""
    wall = moment.astimezone(ZoneInfo(zone))
    hours = days.get(wall.date(), week[wall.weekday()])
    minute = wall.hour * 60 + wall.minute
    return any(begins <= minute < ends for begins, ends in hours)


def minutes_between(zone, week, days, start, end):
    """How many minutes count between two whole minutes."""
    found, here = 0, start.astimezone(UTC)
    while here < end:
        found += counts(zone, week, days, here)
        here += MINUTE
    return found


def after(zone, week, days, start, minutes):
    """The moment at which so many minutes have counted since a whole minute."""
    here = start.astimezone(UTC)
    while minutes > 0:
        minutes -= counts(zone, week, days, here)
        here += MINUTE
    return here


def clock(zone, week, days, within, life, now):
    """Minutes used, and the moment at which `within` were used up; None while they are not."""
    used, broken, pace, here = 0, None, "waits", life[0][0]
    turns = dict(life)
    while here < now:
        pace = turns.get(here, pace)
        if pace == "runs" and counts(zone, week, days, here):
            used += 1
            if used == within and broken is None:
                broken = here + MINUTE
        here += MINUTE
    return used, broken


def moment(text):
    """A moment from text in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


KEYS = {
    "day": lambda day: day,
    "week": lambda day: day.isocalendar()[:2],
    "month": lambda day: (day.year, day.month),
    "quarter": lambda day: (day.year, (day.month - 1) // 3),
    "year": lambda day: day.year,
}
"""What dates of one period have in common."""


def away(zone, week, days, per, down, since, until, around):
    """Minutes of service time, and of these in which a service was DOWN, of each whole period.

    Args:
        per: Of KEYS.
        down: Pairs of moments; whole minutes.
        since: Periods that end after it are meant,
        until: and not after this.
        around: How much longer than that is looked at, so that periods are whole.

    Returns:
        ``(service, down)`` of each period, in order.
    """
    found, here, key = [], since - around, None
    while here <= until + around:
        own = KEYS[per](here.astimezone(ZoneInfo(zone)).date())
        if own != key:
            found.append([here, 0, 0])
            key = own
        if counts(zone, week, days, here):
            found[-1][1] += 1
            found[-1][2] += any(begins <= here < ends for begins, ends in down)
        here += MINUTE
    ends = [each[0] for each in found[1:]]
    whole = zip(found[1:-1], ends[1:], strict=True)
    return [(each[1], each[2]) for each, end in whole if since < end <= until]
