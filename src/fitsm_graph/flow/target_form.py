"""Targets of an agreement as a document: in which service time a priority is dealt with (PR9.2).

    calendar: 24x7
    services: [mail, SVC-000012]
    escalation: gold
    priorities:
      "1": {response: PT15M, resolution: PT4H, warnings: [0.5, 0.75]}
      "2": {response: PT30M, resolution: PT8H, warnings: [0.5, 0.75]}

A higher priority, which has the lower number, never has more time than a lower one. The services
are named by their keys; those that no agreement names have the one that is called `default`. What
threatens or breaks a target goes up the escalation path that the agreement names, else the one that
is called `default`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fitsm_graph.flow.escalation_path import PATH
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.reading import Path, Reader
from fitsm_graph.flow.targets import Target
from fitsm_graph.kernel.errors import Problem

CALENDAR, TARGETS = "service-calendar", "targets"
RESPONSE, RESOLUTION = "response", "resolution"
MOST_PRIORITIES = 9


@dataclass(frozen=True, slots=True)
class AgreedTargets:
    """What was agreed on, by priority.

    Attributes:
        calendar: Name of the service calendar that says what service time is.
        targets: Response and resolution by priority, from 1 on without a gap.
        services: Keys of the services that it is about; none: of all that no other is about.
        escalation: Name of the escalation path of what violates it; empty: the usual one.
    """

    calendar: str
    targets: Mapping[int, tuple[Target, Target]]
    services: tuple[str, ...] = ()
    escalation: str = ""


def parse_targets(_name: str, document: Any, read: Reader) -> AgreedTargets | None:
    """Read targets by priority."""
    fields = ("calendar", "services", "escalation", "priorities")
    given = read.fields(document, (), fields, ("calendar", "priorities"))
    services = _services(given.get("services"), read)
    calendar = read.text(given.get("calendar"), ("calendar",))
    escalation = read.text(given.get("escalation"), ("escalation",))
    path: Path = ("priorities",)
    said = read.mapping(given.get("priorities"), path, "targets by priority") if given else {}
    wanted = [str(number) for number in range(1, len(said) + 1)]
    if sorted(said) != wanted or len(said) > MOST_PRIORITIES:
        remedy = 'call them "1", "2" and so on, the highest first'
        read.wrong("TARGETS_GAP", path, "priorities are not numbered from 1 on", remedy)
        return None
    found = {int(name): _pair(said[name], (*path, name), read) for name in wanted}
    _check_order({name: pair for name, pair in found.items() if pair}, read)
    whole = {name: pair for name, pair in found.items() if pair is not None}
    if len(whole) != len(found):
        return None
    return AgreedTargets(calendar, whole, services, escalation)


def _services(given: object, read: Reader) -> tuple[str, ...]:
    if given is None:
        return ()
    path: Path = ("services",)
    keys = [
        read.text(each, (*path, place))
        for place, each in enumerate(read.items(given, path, "keys of services"))
    ]
    read.once(keys, path)
    return tuple(dict.fromkeys(each for each in keys if each))


def _pair(given: object, path: Path, read: Reader) -> tuple[Target, Target] | None:
    fields = (RESPONSE, RESOLUTION, "warnings")
    said = read.fields(given, path, fields, (RESPONSE, RESOLUTION))
    response = read.span(said.get(RESPONSE), (*path, RESPONSE))
    resolution = read.span(said.get(RESOLUTION), (*path, RESOLUTION))
    warnings = _warnings(said.get("warnings"), (*path, "warnings"), read)
    if response is None or resolution is None:
        return None
    if response > resolution:
        what = "there is more time to respond than to resolve"
        read.wrong("TARGETS_ORDER", path, what, "give less to respond")
    return Target(RESPONSE, response, warnings), Target(RESOLUTION, resolution, warnings)


def _warnings(given: object, path: Path, read: Reader) -> tuple[float, ...]:
    if given is None:
        return ()
    shares = tuple(
        read.number(each, (*path, place), 0, 0.999)
        for place, each in enumerate(read.items(given, path, "shares", least=0))
    )
    if list(shares) != sorted(set(shares)):
        read.wrong("POLICY_ORDER", path, "shares do not rise", "the smallest first, each once")
    return shares


def _check_order(found: Mapping[int, tuple[Target, Target]], read: Reader) -> None:
    """A higher priority has no more time than the next lower one."""
    longest = {RESPONSE: timedelta(), RESOLUTION: timedelta()}
    for number, pair in sorted(found.items()):
        for target in pair:
            if target.within < longest[target.name]:
                path = ("priorities", str(number), target.name)
                what = f"priority {number} has less time than a higher one"
                read.wrong("TARGETS_ORDER", path, what, "give it as much or more")
            longest[target.name] = max(longest[target.name], target.within)


def targets_fit(name: str, value: AgreedTargets, policies: Policies) -> Iterable[Problem]:
    """The calendar and the escalation path that targets name are in force."""
    if policies.find(CALENDAR, value.calendar) is None:
        yield Problem(
            "POLICY_MISSING",
            f"targets '{name}' count the time of a calendar that is not in force",
            why=f"there is no {CALENDAR} '{value.calendar}'",
            remedy="approve the calendar first, or name one that is in force",
            path=("calendar",),
        )
    if value.escalation and policies.find(PATH, value.escalation) is None:
        yield Problem(
            "POLICY_MISSING",
            f"targets '{name}' name an escalation path that is not in force",
            why=f"there is no {PATH} '{value.escalation[:60]}'",
            remedy="approve the path first, or name one that is in force",
            path=("escalation",),
        )
