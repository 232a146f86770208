"""Which agreements hold for a record, and in which versions (PR9.1, PR9.2).

Targets are policies, and name the services that they are about. A record keeps the keys of the
versions that were in force when it was weighed; so its clocks read the same for ever, whatever is
agreed on later.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from fitsm_graph.flow.calendar_form import parse_calendar
from fitsm_graph.flow.calendars import ServiceCalendar
from fitsm_graph.flow.escalation_path import EscalationPath, path_in_force
from fitsm_graph.flow.policies import InForce, Policies, document_of
from fitsm_graph.flow.reading import Reader
from fitsm_graph.flow.target_form import CALENDAR, TARGETS, AgreedTargets, parse_targets
from fitsm_graph.flow.targets import Reading, Target, Turn, read_clock
from fitsm_graph.flow.weighing import DEFAULT

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Agreement:
    """Targets with the calendar that they count the time of.

    Attributes:
        key: Of the version of the targets.
        calendar_key: Of the version of the calendar.
    """

    key: str
    calendar_key: str
    calendar: ServiceCalendar
    targets: AgreedTargets

    @property
    def keys(self) -> tuple[str, str]:
        """Keys of both versions, as records keep them."""
        return self.key, self.calendar_key


@dataclass(frozen=True, slots=True)
class ServiceClock:
    """What the clock of a target shows: of the tightest, where several are agreed on."""

    agreement: str
    calendar: str
    target: Target
    reading: Reading

    @property
    def ends_at(self) -> datetime | None:
        """When the target breaks or broke; None: it was met, or the clock waits."""
        return self.reading.broken_at or self.reading.due

    @property
    def share_left(self) -> float:
        """How much of the time is left, as a share; nothing once it is broken."""
        return max(0.0, self.reading.left / self.target.within)


def agreements_for(policies: Policies, services: Iterable[str]) -> tuple[Agreement, ...]:
    """The agreements in force for what reaches some services; the default where there is none.

    Args:
        policies: In force.
        services: Keys of the services that are reached.
    """
    every = [each for each in policies if each.kind == TARGETS]
    meant = targets_for(every, services, lambda each: (each.name, each.value.services))
    whole = (_agreement(policies, each) for each in sorted(meant, key=lambda each: each.key))
    return tuple(each for each in whole if each is not None)


def every_agreement(policies: Policies) -> Iterator[Agreement]:
    """All agreements in force, whatever they are about."""
    found = (_agreement(policies, each) for each in policies if each.kind == TARGETS)
    return (each for each in found if each is not None)


def targets_for(
    every: Iterable[T], services: Iterable[str], says: Callable[[T], tuple[str, Iterable[str]]]
) -> list[T]:
    """Which targets hold for some services: those that name one, else the default.

    Args:
        every: All that are in force.
        services: Keys of the services.
        says: The name of some targets, and the keys of the services that they name.
    """
    known = [(each, *says(each)) for each in every]
    reached = set(services)
    named = [each for each in known if reached & set(each[2])]
    default = [each for each in known if each[1] == DEFAULT]
    covered = {key for _, _, keys in named for key in keys}
    if not named or reached - covered:
        named = [*(each for each in named if each not in default), *default]
    return [each for each, _, _ in named]


def _agreement(policies: Policies, targets: InForce) -> Agreement | None:
    calendar = policies.find(CALENDAR, targets.value.calendar)
    if calendar is None:
        return None
    return Agreement(targets.key, calendar.key, calendar.value, targets.value)


def kept_agreements(
    policies: Policies, keys: Sequence[str], versions: Iterable[Mapping[str, Any]]
) -> tuple[Agreement, ...]:
    """The agreements whose versions a record keeps.

    Args:
        policies: In force; what still is, is not read again.
        keys: Those of targets and calendars, as `Agreement.keys` has them.
        versions: Properties of the versions of these keys.
    """
    found = {str(each["key"]): each for each in versions}
    values = {key: _value_of(policies, key, found) for key in keys}
    pairs = zip(keys[::2], keys[1::2], strict=True)
    return tuple(
        Agreement(targets, calendar, values[calendar], values[targets])
        for targets, calendar in pairs
        if values[targets] is not None and values[calendar] is not None
    )


def _value_of(policies: Policies, key: str, found: Mapping[str, Mapping[str, Any]]) -> Any:
    """What a version says; None: it is not there."""
    if held := policies.by_key(key):
        return held.value
    return _read(found[key]) if key in found else None


def _read(version: Mapping[str, Any]) -> Any:
    """What a version says that is in force no more; it was checked when it was approved."""
    document = document_of(version)
    if version["kind"] == CALENDAR:
        return parse_calendar({**document, "name": version["name"]})
    return parse_targets(str(version["name"]), document, Reader())


def path_of(policies: Policies, agreements: Iterable[Agreement]) -> EscalationPath:
    """The path that a record goes up: of the first agreement that names one, else the usual one."""
    named = (each.targets.escalation for each in agreements if each.targets.escalation)
    return path_in_force(policies, next(named, DEFAULT))


def clocks_of(
    agreements: Sequence[Agreement],
    priority: int | None,
    lives: Mapping[str, Sequence[Turn]],
    now: datetime,
) -> dict[str, ServiceClock]:
    """What the clocks of a record show, by name of the target.

    Args:
        agreements: That hold for it.
        priority: Whose targets count; None: it has none, and no clocks.
        lives: What each target's clock went through: of `response`, of `resolution`.
        now: The moment.
    """
    shown: dict[str, ServiceClock] = {}
    for each in agreements:
        for target in each.targets.targets.get(priority or 0, ()):
            reading = read_clock(each.calendar, target, lives[target.name], now)
            clock = ServiceClock(each.key, each.calendar_key, target, reading)
            if target.name not in shown or _tightness(clock) < _tightness(shown[target.name]):
                shown[target.name] = clock
    return shown


def _tightness(clock: ServiceClock) -> tuple[bool, float, float]:
    """The less, the tighter: broken or due first, then what has the least share left."""
    ends = clock.ends_at
    return (ends is None, ends.timestamp() if ends else 0.0, clock.share_left)
