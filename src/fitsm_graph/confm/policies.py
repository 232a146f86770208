"""Policies of configuration management: how much is known, what is controlled, what is verified.

verification-plan/yearly: {every: P365D, within: P14D, types: [Server], sample: {share: 0.1}}
configuration-control/default: {attributes: {Service: [criticality]}, slack: PT1H}
configuration-completeness/default: {bar: 0.8, types: {CI: {known: [owner], fresh: P180D}}}
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fitsm_graph.flow.lives import Lived
from fitsm_graph.flow.policies import PolicyKind
from fitsm_graph.flow.reading import Path, Reader
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.model.registry_types import CI

PLAN, CONTROL, COMPLETENESS = (
    "verification-plan",
    "configuration-control",
    "configuration-completeness",
)
MOST_SAMPLED = 5_000
ALL = "Element"
"""Stands for elements of every kind."""
LIVES = (
    Lived("ConfigurationSource"),
    Lived("Baseline"),
    Lived("Verification"),
    Lived(
        "Deviation",
        also=(
            *("incident.from_deviation", "problem.from_deviation", "change.from_deviation"),
            "suggestion.from_deviation",
        ),
    ),
)


# --- verification --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VerificationPlan:
    """How a part of the CMDB is verified again and again (PR11.5).

    Attributes:
        every: How long after one verification was finished the next one is due.
        within: How long one may take.
        types: CI types, with their subtypes, and kinds of other elements; none: all.
        services: Keys of services: they and what they need; none: whatever needs it.
        owners: Keys of persons and groups; none: whoever answers for it.
        share: Of the elements that are drawn.
        least: How many are drawn at least.
        most: How many are drawn at most.
    """

    every: timedelta
    within: timedelta
    types: tuple[str, ...]
    services: tuple[str, ...]
    owners: tuple[str, ...]
    share: float
    least: int
    most: int

    def size(self, population: int) -> int:
        """How many of so many elements are drawn.

        >>> day = timedelta(days=1)
        >>> plan = VerificationPlan(day, day, (), (), (), 0.1, 5, 50)
        >>> [plan.size(n) for n in (3, 20, 101, 9000)]
        [3, 5, 11, 50]
        """
        drawn = -int(-self.share * population // 1)
        return min(population, max(self.least, min(self.most, drawn)))


_SIDES = ("types", "services", "owners")
_SAMPLE = ("share", "least", "most")


def parse_plan(_name: str, document: Any, read: Reader) -> VerificationPlan | None:
    """Read a plan of verification."""
    fields = ("every", "within", *_SIDES, "sample", "doc")
    given = read.fields(document, (), fields, ("every", "within", "sample"))
    every = read.span(given.get("every"), ("every",))
    within = read.span(given.get("within"), ("within",))
    sides = {name: _texts(given.get(name), (name,), read) for name in _SIDES}
    sample = read.fields(given.get("sample"), ("sample",), _SAMPLE, ("share",))
    share = read.number(sample.get("share"), ("sample", "share"), 0, 1)
    least = read.whole(sample.get("least", 1), ("sample", "least"), 1, MOST_SAMPLED)
    most = read.whole(sample.get("most", 500), ("sample", "most"), 1, MOST_SAMPLED)
    read.text(given.get("doc"), ("doc",))
    if least > most:
        what = f"at least {least} and at most {most} cannot both be"
        read.wrong("POLICY_ORDER", ("sample", "least"), what, "give it as much or less")
    if every is None or within is None:
        return None
    if within > every:
        what = "the next one would be due before one has to be finished"
        read.wrong("POLICY_ORDER", ("within",), what, "give it as long or less")
    return VerificationPlan(every, within, share=share, least=least, most=most, **sides)


# --- control -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Control:
    """What changes only under an approved change, beside what types say themselves (PR11.4).

    Attributes:
        attributes: Names of fields and attributes by CI type, kind, or `Element`.
        slack: How long before and after a change's time its work still counts as its own.
    """

    attributes: Mapping[str, tuple[str, ...]]
    slack: timedelta

    def controlled(self, kind: str, type: str, registry: TypeRegistry) -> frozenset[str]:
        """Names of what is controlled of elements of a kind and type."""
        known = type in registry.ci_types
        own = registry.attributes(type).values() if known else ()
        found = {each.name for each in own if each.controlled}
        for name, names in self.attributes.items():
            if holds(name, kind, type, registry):
                found.update(names)
        return frozenset(found)


def parse_control(_name: str, document: Any, read: Reader) -> Control:
    """Read what is controlled."""
    given = read.fields(document, (), ("attributes", "slack", "doc"), ("slack",))
    slack = read.span(given.get("slack"), ("slack",)) or timedelta()
    read.text(given.get("doc"), ("doc",))
    said = given.get("attributes")
    found = {
        name: _texts(each, ("attributes", name), read, least=1)
        for name, each in (read.mapping(said, ("attributes",), "types") if said else {}).items()
    }
    return Control(found, slack)


# --- completeness --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KnownOf:
    """What has to be known of elements of a type (PR11.2).

    Attributes:
        known: Names of fields and attributes, or `owner`.
        related: Relationship types of which an element has one, whichever its direction.
        fresh: How old what is known may be; None: nothing is said of it.
    """

    known: tuple[str, ...]
    related: tuple[str, ...]
    fresh: timedelta | None


@dataclass(frozen=True, slots=True)
class Completeness:
    """What has to be known, by CI type, kind, or `Element`, beside what types say (PR11.2).

    Attributes:
        bar: Share of it below which an element is work for its owner.
    """

    bar: float
    types: Mapping[str, KnownOf]

    def of(self, kind: str, type: str, registry: TypeRegistry) -> KnownOf:
        """What has to be known of elements of a kind and type; the shortest age counts."""
        known = list(registry.completeness(type)) if type in registry.ci_types else []
        related: list[str] = []
        ages: list[timedelta] = []
        for name, each in self.types.items():
            if holds(name, kind, type, registry):
                known += each.known
                related += each.related
                ages += [] if each.fresh is None else [each.fresh]
        fresh = min(ages) if ages else None
        return KnownOf(tuple(dict.fromkeys(known)), tuple(dict.fromkeys(related)), fresh)


def parse_completeness(_name: str, document: Any, read: Reader) -> Completeness:
    """Read what has to be known."""
    given = read.fields(document, (), ("bar", "types", "doc"), ("bar", "types"))
    bar = read.number(given.get("bar"), ("bar",), 0, 1)
    read.text(given.get("doc"), ("doc",))
    found = {}
    for name, each in read.mapping(given.get("types"), ("types",), "types").items():
        path: Path = ("types", name)
        one = read.fields(each, path, ("known", "related", "fresh"))
        found[name] = KnownOf(
            _texts(one.get("known"), (*path, "known"), read),
            _texts(one.get("related"), (*path, "related"), read),
            read.span(one.get("fresh"), (*path, "fresh")),
        )
        if found[name] == KnownOf((), (), None):
            what = f"nothing has to be known of '{name}'"
            read.wrong("POLICY_VALUE", path, what, "say what, or leave the type out")
    return Completeness(bar, found)


# --- within --------------------------------------------------------------------------------------


def holds(name: str, kind: str, type: str, registry: TypeRegistry) -> bool:
    """Whether what is said of a CI type, a kind or `Element` is said of a kind and type."""
    if name in {ALL, kind}:
        return True
    known = registry.ci_types
    return kind == CI and name in known and type in known and registry.is_a(type, name)


def _texts(given: object, path: Path, read: Reader, *, least: int = 0) -> tuple[str, ...]:
    if given is None:
        return ()
    items: Iterable[Any] = read.items(given, path, "names", least=least)
    found = [read.text(each, (*path, place), longest=200) for place, each in enumerate(items)]
    read.once(found, path)
    return tuple(dict.fromkeys(each for each in found if each))


KINDS = (
    PolicyKind(
        PLAN, "What is verified of the CMDB, how often, and how much.", "PR11.5", parse_plan
    ),
    PolicyKind(CONTROL, "What changes only under an approved change.", "PR11.4", parse_control),
    PolicyKind(
        COMPLETENESS,
        "What has to be known of elements, and how fresh.",
        "PR11.2",
        parse_completeness,
    ),
)
