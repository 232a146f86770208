"""How much of its service time a service was there, as agreements have it (PR9.2, PR14.1).

A service is away while an incident is in effect that takes it DOWN, as that was weighed last; what
was planned, such as a maintenance window, is no incident. Only service time of the calendar that
the agreement names counts. Periods begin at midnight where the calendar is; one belongs to the time
that it ends in, so that of times that follow one another each period is looked at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fitsm_graph.flow.agreements import Agreement, agreements_for, every_agreement
from fitsm_graph.flow.calendars import HORIZON
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.target_form import AgreedAvailability, Per
from fitsm_graph.kernel.clock import from_text

Span = tuple[datetime, datetime]
Record = Mapping[str, Any]
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_FIRST = datetime(1970, 1, 2, tzinfo=UTC)
"""Nobody asks for what was before, and every zone has a date then."""
_MONTHS: Mapping[Per, int] = {Per.MONTH: 1, Per.QUARTER: 3, Per.YEAR: 12}


@dataclass(frozen=True, slots=True)
class ServiceAvailability:
    """What an agreement says of a service, and what was measured.

    Attributes:
        agreement: Key of the version of the targets.
        agreed: Percent of the service time of each period.
        since: Beginning of the first period that is looked at.
        until: End of the last one.
        periods: How many those are.
        missed: In how many of them it was away for longer than was agreed on.
        measured: Percent of all of their service time so far; None: there was none.
        worst: Percent of the worst of them.
        hours_of_service: Service time of them so far.
        hours_down: For how much of it the service was away.
        kept: Nothing was missed; None: the period is not over, or without service time.
    """

    agreement: str
    kind: str
    parties: tuple[str, ...]
    service: str
    agreed: float
    per: str
    since: datetime
    until: datetime
    periods: int
    missed: int
    measured: float | None
    worst: float | None
    hours_of_service: float
    hours_down: float
    kept: bool | None


# --- when a service was away ---------------------------------------------------------------------


def taken_down(incident: Record) -> Sequence[str]:
    """Keys of the services that an incident took DOWN as it was weighed last.

    A record names its services the worst first, and says how many of them are DOWN.
    """
    return (incident.get("services") or ())[: incident.get("services_down") or 0]


def spans_of(incidents: Iterable[Record], now: datetime) -> list[Span]:
    """When one of some incidents or more was in effect, until now; each moment once, in order."""
    spans = sorted(
        (from_text(each["starts_at"]), from_text(each["ends_at"]) if each.get("ends_at") else now)
        for each in incidents
        if each.get("status") != "rejected"
    )
    apart: list[Span] = []
    for begins, ends in spans:
        if apart and begins <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(apart[-1][1], ends))
        elif begins < ends:
            apart.append((begins, ends))
    return apart


def within(spans: Iterable[Span], since: datetime, until: datetime) -> list[Span]:
    """What of some spans lies between two moments."""
    cut = ((max(begins, since), min(ends, until)) for begins, ends in spans)
    return [each for each in cut if each[0] < each[1]]


# --- what was agreed on --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Promise:
    """An agreement that says how much of its time a service is to be there."""

    service: str
    agreement: Agreement
    agreed: AgreedAvailability

    def missed(self, down: Sequence[Span], since: datetime, until: datetime) -> int:
        """In how many of the periods that end after a moment, up to another, it was not kept."""
        whole = self.periods(since, until, whole=True)
        return measured(self, down, whole, until).missed if whole else 0

    def periods(self, since: datetime, until: datetime, *, whole: bool = False) -> list[Span]:
        """Periods that end after a moment and not after another; else the one that goes on then.

        Args:
            since: The moment; it lies before the other.
            until: The other.
            whole: Only those that are over then: maybe none.
        """
        home = ZoneInfo(self.agreement.calendar.zone)
        found: list[Span] = []
        day = _begin(self.agreed.per, since.astimezone(home).date())
        while True:
            following = _following(self.agreed.per, day)
            begins, ends = _midnight(day, home), _midnight(following, home)
            if ends > until:
                return found if whole or found else [(begins, ends)]
            if ends > since:
                found.append((begins, ends))
            day = following


def promises(policies: Policies, services: Iterable[str] = ()) -> list[Promise]:
    """What agreements in force say of the availability of services.

    Args:
        policies: In force.
        services: Their keys; none: of all that such an agreement names.
    """
    meant = list(services) or _named(policies)
    return [
        Promise(service, agreement, agreement.targets.availability)
        for service in meant
        for agreement in agreements_for(policies, [service])
        if agreement.targets.availability is not None
    ]


def _named(policies: Policies) -> list[str]:
    values = (each.targets for each in every_agreement(policies))
    return sorted({key for each in values if each.availability for key in each.services})


def looked_at(since: datetime, until: datetime, now: datetime) -> Span | None:
    """The part of a time that is over, five years of it at most; None: it lies ahead."""
    since, until = max(since, _FIRST), min(until, now)
    if since >= until:
        return None
    return (since if until - since < HORIZON else until - HORIZON), until


def earliest(policies: Policies, since: datetime, until: datetime) -> datetime:
    """The beginning of the first period of any agreement; before that nothing has to be known."""
    begins = (
        Promise("", each, each.targets.availability).periods(since, until)[0][0]
        for each in every_agreement(policies)
        if each.targets.availability is not None
    )
    return min([since, *begins])


# --- what was measured ---------------------------------------------------------------------------


def measured(
    promise: Promise, down: Sequence[Span], periods: Sequence[Span], now: datetime
) -> ServiceAvailability:
    """Hold what was agreed on against what was.

    Args:
        promise: What was agreed on.
        down: When the service was away.
        periods: Those that are looked at; one at least.
        now: What lies after it has not happened.
    """
    calendar, agreed = promise.agreement.calendar, promise.agreed
    missed, shares, in_all, away_in_all = 0, list[float](), timedelta(), timedelta()
    for begins, ends in periods:
        passed = calendar.between(begins, min(ends, now))
        cut = within(down, begins, min(ends, now))
        away = sum((calendar.between(*each) for each in cut), timedelta())
        missed += away > calendar.between(begins, ends) * (1 - agreed.percent / 100)
        shares += [_percent(away, passed)] if passed else []
        in_all, away_in_all = in_all + passed, away_in_all + away
    over = bool(shares) and periods[-1][1] <= now
    return ServiceAvailability(
        agreement=promise.agreement.key,
        kind=promise.agreement.targets.kind or "",
        parties=promise.agreement.targets.parties,
        service=promise.service,
        agreed=agreed.percent,
        per=agreed.per,
        since=periods[0][0],
        until=periods[-1][1],
        periods=len(periods),
        missed=missed,
        measured=_percent(away_in_all, in_all) if in_all else None,
        worst=min(shares, default=None),
        hours_of_service=round(in_all / _HOUR, 2),
        hours_down=round(away_in_all / _HOUR, 2),
        kept=False if missed else over or None,
    )


def _percent(away: timedelta, passed: timedelta) -> float:
    return round(100 * (1 - away / passed), 4)


def _begin(per: Per, day: date) -> date:
    """The first date of the period that a date lies in."""
    if per is Per.DAY:
        return day
    if per is Per.WEEK:
        return day - _DAY * day.weekday()
    length = _MONTHS[per]
    return day.replace(month=(day.month - 1) // length * length + 1, day=1)


def _following(per: Per, day: date) -> date:
    """The first date of the period after the one that begins at a date."""
    if per in {Per.DAY, Per.WEEK}:
        return day + _DAY * (1 if per is Per.DAY else 7)
    count = day.year * 12 + day.month - 1 + _MONTHS[per]
    return day.replace(year=count // 12, month=count % 12 + 1)


def _midnight(day: date, home: ZoneInfo) -> datetime:
    """When a date begins somewhere, in UTC."""
    return datetime.combine(day, time(), home).astimezone(UTC)
