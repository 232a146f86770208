"""Targets of an agreement as a document: in which service time a priority is dealt with (PR9.2).

    kind: sla
    with: [uni]
    calendar: 24x7
    services: [mail, SVC-000012]
    availability: {percent: 99.5, per: month}
    escalation: gold
    communication: gold
    priorities:
      "1": {response: PT15M, resolution: PT4H, warnings: [0.5, 0.75]}
      "2": {response: PT30M, resolution: PT8H, warnings: [0.5, 0.75]}

A higher priority, which has the lower number, never has more time than a lower one. The services
are named by their keys; those that no agreement names have the one that is called `default`. What
threatens or breaks a target goes up the escalation path that the agreement names, else the one that
is called `default`; likewise users hear by the update rules that its communication names.

An agreement may say what it is and with whom: `sla` with customers and `ola` with groups, by key,
`ua` with suppliers, in words. How much of the service time of a day, week, month, quarter or year a
service is to be there is its availability.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from fitsm_graph.flow.escalation_path import PATH
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.reading import Path, Reader
from fitsm_graph.flow.targets import Target
from fitsm_graph.kernel.errors import Problem

CALENDAR, TARGETS, UPDATES = "service-calendar", "targets", "update-rules"
RESPONSE, RESOLUTION = "response", "resolution"
MOST_PRIORITIES = 9


class AgreementKind(StrEnum):
    """What an agreement is."""

    SLA = "sla"
    """With customers, on what they receive."""
    OLA = "ola"
    """With groups of the own house, on what they lend to it."""
    UA = "ua"
    """With suppliers."""


class Per(StrEnum):
    """Over what time availability is agreed on; it begins where the calendar's date does."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class AgreedAvailability:
    """How many percent of the service time of a period a service is to be there."""

    percent: float
    per: Per


@dataclass(frozen=True, slots=True)
class AgreedTargets:
    """What was agreed on, by priority.

    Attributes:
        calendar: Name of the service calendar that says what service time is.
        targets: Response and resolution by priority, from 1 on without a gap.
        services: Keys of the services that it is about; none: of all that no other is about.
        escalation: Name of the escalation path of what violates it; empty: the usual one.
        kind: What it is; None: nobody says so.
        parties: With whom: keys of customers or groups, or suppliers in words.
        availability: Of each of the services; None: none is agreed on.
        communication: Name of the update rules by which users hear; empty: the usual ones.
    """

    calendar: str
    targets: Mapping[int, tuple[Target, Target]]
    services: tuple[str, ...] = ()
    escalation: str = ""
    kind: AgreementKind | None = None
    parties: tuple[str, ...] = ()
    availability: AgreedAvailability | None = None
    communication: str = ""


_FIELDS = ("kind", "with", "calendar", "services", "availability")
_MORE = ("escalation", "communication", "priorities")


def parse_targets(_name: str, document: Any, read: Reader) -> AgreedTargets | None:
    """Read targets by priority."""
    given = read.fields(document, (), (*_FIELDS, *_MORE), ("calendar", "priorities"))
    clauses = _clauses(given, read)
    calendar = read.text(given.get("calendar"), ("calendar",))
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
    return AgreedTargets(calendar, whole, **clauses)


def _clauses(given: Mapping[str, Any], read: Reader) -> dict[str, Any]:
    """All that an agreement says beside its calendar and its times."""
    words = [each.value for each in AgreementKind]
    kind = read.one_of(given.get("kind"), ("kind",), words)
    if given.get("with") is not None and given.get("kind") is None:
        remedy = "sla with customers, ola with groups, ua with suppliers"
        read.wrong("POLICY_FIELD", ("kind",), "'kind' is missing: with whom is said", remedy)
    return {
        "kind": AgreementKind(kind) if kind else None,
        "parties": _texts(given.get("with"), ("with",), "parties", read),
        "services": _texts(given.get("services"), ("services",), "keys of services", read),
        "availability": _availability(given.get("availability"), read),
        "escalation": read.text(given.get("escalation"), ("escalation",)),
        "communication": read.text(given.get("communication"), ("communication",)),
    }


def _texts(given: object, path: Path, what: str, read: Reader) -> tuple[str, ...]:
    """Texts of which none stands twice; none where nothing is given."""
    if given is None:
        return ()
    found = [
        read.text(each, (*path, place)) for place, each in enumerate(read.items(given, path, what))
    ]
    read.once(found, path)
    return tuple(dict.fromkeys(each for each in found if each))


def _availability(given: object, read: Reader) -> AgreedAvailability | None:
    if given is None:
        return None
    path: Path = ("availability",)
    fields = ("percent", "per")
    said = read.fields(given, path, fields, fields)
    percent = read.number(said.get("percent"), (*path, "percent"), 0, 100)
    per = read.one_of(said.get("per"), (*path, "per"), [each.value for each in Per])
    return AgreedAvailability(percent, Per(per)) if per else None


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


def agreed_with(value: AgreedTargets) -> dict[str, str]:
    """Whom an agreement names by key, with the kind of each; suppliers are named in words."""
    kinds = {AgreementKind.SLA: "Customer", AgreementKind.OLA: "Group"}
    if value.kind not in kinds:
        return {}
    return dict.fromkeys(value.parties, kinds[value.kind])


def targets_fit(name: str, value: AgreedTargets, policies: Policies) -> Iterable[Problem]:
    """The calendar, the escalation path and the update rules that targets name are in force."""
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
    if value.communication and policies.find(UPDATES, value.communication) is None:
        yield Problem(
            "POLICY_MISSING",
            f"targets '{name}' name update rules that are not in force",
            why=f"there are no {UPDATES} '{value.communication[:60]}'",
            remedy="approve the rules first, or name some that are in force",
            path=("communication",),
        )
