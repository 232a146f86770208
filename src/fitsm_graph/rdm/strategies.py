"""Release and deployment strategies, and what they are applied to (PR13.1).

    approach: rolling
    order: providers_first
    worst: at_risk
    types: [minor, major, emergency]
    frequency: whenever changes are ready
    testing: [canary]
    applies_to: {types: [Server], elements: [mail-gateway]}

One that is phased may say its phases, from a few users or functions to all (`rdm.phases`).
A strategy is bound to components and CIs by key, or to kinds and CI types. What is bound the
closest counts: the element itself, its type, the types that this inherits from, its kind.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from fitsm_graph.flow.policies import InForce, Policies, PolicyKind
from fitsm_graph.flow.reading import Path, Reader
from fitsm_graph.impact.network import Level
from fitsm_graph.impact.waves import Order, Rule
from fitsm_graph.kernel.errors import Problem
from fitsm_graph.model.rdm import ReleaseType
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.rdm.phases import Phase, read_phases

STRATEGY = "release-strategy"
ELEMENT_LABELS = ("CI", "ServiceComponent", "Service", "RedundancyGroup")
FIELDS = (
    *("approach", "order", "worst", "spare", "types", "frequency", "cycle", "cut_off", "lasts"),
    *("testing", "conditions", "phases", "applies_to"),
)
LEVELS = {level.name.lower(): level for level in Level}


class Approach(StrEnum):
    """In which manner changes are released."""

    BIG_BANG = "big_bang"
    PHASED = "phased"
    ROLLING = "rolling"
    CONTINUOUS = "continuous"
    FIXED_CYCLE = "fixed_cycle"


class TestingApproach(StrEnum):
    """How a release is tried before all users have it."""

    CANARY = "canary"
    SPLIT = "split"
    BLUE_GREEN = "blue_green"
    STAGING = "staging"


@dataclass(frozen=True, slots=True)
class Strategy:
    """How releases of some elements are made and deployed.

    Attributes:
        types: Types of release that it is for.
        frequency: How often, in words.
        cycle: From one release to the next, where the cycle is fixed.
        cut_off: How long before its beginning a release of the cycle takes in no more changes.
        lasts: How long its deployment may take.
        phases: From a few users to all; none: all get it at once.
        bound_types: Kinds and CI types that it applies to.
        bound_elements: Keys of elements that it applies to.
    """

    approach: Approach
    rule: Rule
    types: frozenset[ReleaseType]
    frequency: str
    cycle: timedelta | None
    testing: tuple[TestingApproach, ...]
    conditions: str
    bound_types: frozenset[str]
    bound_elements: frozenset[str]
    cut_off: timedelta = timedelta()
    lasts: timedelta = timedelta(hours=4)
    phases: tuple[Phase, ...] = ()


def parse_strategy(_name: str, document: Any, read: Reader) -> Strategy | None:
    """Read a strategy."""
    needed = ("approach", "order", "worst", "types", "frequency", "applies_to")
    given = read.fields(document, (), FIELDS, needed)
    approach = read.one_of(given.get("approach"), ("approach",), list(Approach))
    order = read.one_of(given.get("order"), ("order",), list(Order))
    worst = read.one_of(given.get("worst"), ("worst",), LEVELS)
    types = read.some_of(given.get("types"), ("types",), list(ReleaseType), "types of release")
    testing = read.some_of(
        given.get("testing", []), ("testing",), list(TestingApproach), "approaches", least=0
    )
    cycle = read.span(given.get("cycle"), ("cycle",))
    frequency = read.text(given.get("frequency"), ("frequency",))
    bound = _bound(given.get("applies_to"), read)
    _check_sense(given, approach, order, cycle, read)
    _check_cycle(given, cycle, read)
    if not (approach and order and worst):
        return None
    spare = read.whole(given.get("spare", 0), ("spare",), 0, 1_000)
    return Strategy(
        Approach(approach),
        Rule(Order(order), LEVELS[worst], spare),
        frozenset(ReleaseType(each) for each in types),
        frequency,
        cycle,
        tuple(TestingApproach(each) for each in testing),
        read.text(given.get("conditions"), ("conditions",), longest=2_000),
        *bound,
        read.span(given.get("cut_off"), ("cut_off",)) or timedelta(),
        read.span(given.get("lasts"), ("lasts",)) or timedelta(hours=4),
        read_phases(given["phases"], read) if "phases" in given else (),
    )


def _bound(given: object, read: Reader) -> tuple[frozenset[str], frozenset[str]]:
    path: Path = ("applies_to",)
    said = read.fields(given, path, ("types", "elements"))
    found = []
    for name in ("types", "elements"):
        items = read.items(said.get(name, []), (*path, name), "names", least=0)
        texts = [read.text(each, (*path, name, place)) for place, each in enumerate(items)]
        read.once(texts, (*path, name))
        found.append(frozenset(each for each in texts if each))
    if said and not any(found):
        what = "it applies to nothing"
        read.wrong("STRATEGY_OF_NOTHING", path, what, "name types, or keys of elements")
    return found[0], found[1]


def _check_sense(
    given: Mapping[str, Any], approach: str, order: str, cycle: timedelta | None, read: Reader
) -> None:
    """All at once is what a big bang is, a fixed cycle has a length, and phases are phased."""
    if (approach == Approach.BIG_BANG) != (order == Order.ALL_AT_ONCE) and approach and order:
        what = f"{approach} is not deployed {order}"
        remedy = "big_bang goes with all_at_once, and nothing else does"
        read.wrong("STRATEGY_ORDER", ("order",), what, remedy)
    if "phases" in given and approach not in {Approach.PHASED, ""}:
        what = f"{approach} has no phases"
        read.wrong("STRATEGY_ORDER", ("phases",), what, "leave them out, or `approach: phased`")
    if approach == Approach.FIXED_CYCLE and cycle is None:
        read.wrong("POLICY_FIELD", ("cycle",), "the cycle has no length", "cycle: P28D")


def _check_cycle(given: Mapping[str, Any], cycle: timedelta | None, read: Reader) -> None:
    """Cut-off and length belong to a cycle, and are shorter than that."""
    for name in ("cut_off", "lasts"):
        span = read.span(given.get(name), (name,))
        if span is not None and (cycle is None or span >= cycle):
            what = f"{name} goes with a cycle that is longer"
            read.wrong("POLICY_ORDER", (name,), what, "give a longer cycle, or leave it out")


def one_for_each(name: str, value: Strategy, policies: Policies) -> Iterable[Problem]:
    """No type and no element has two strategies."""
    for other in policies:
        if other.kind != STRATEGY or other.name == name:
            continue
        both = (value.bound_types & other.value.bound_types) | (
            value.bound_elements & other.value.bound_elements
        )
        if both:
            yield Problem(
                "STRATEGY_TWICE",
                f"{', '.join(sorted(both)[:5])} would have two strategies",
                why=f"'{other.name}' applies to the same",
                remedy="keep one of them, or retire the other first",
                path=("applies_to",),
            )


STRATEGY_KIND = PolicyKind(
    STRATEGY,
    "How releases of some components and CIs are made, tested and deployed.",
    "PR13.1",
    parse_strategy,
    fits=one_for_each,
)


def strategy_named(policies: Policies, key: str) -> InForce | None:
    """The strategy in force of which a version is named; None: it is in force no more."""
    name = key.removeprefix(f"{STRATEGY}/").rpartition("/")[0]
    return policies.find(STRATEGY, name) if name else None


# --- which one an element has --------------------------------------------------------------------


def strategy_of(
    policies: Policies, registry: TypeRegistry, key: str, labels: Iterable[str]
) -> InForce | None:
    """The strategy of an element by its key, or by what it is; None: it has none.

    Args:
        policies: In force.
        registry: The types in force.
        key: Of the element.
        labels: Of the element; a CI's type is one of them.
    """
    known = [each for each in policies if each.kind == STRATEGY]
    for each in known:
        if key in each.value.bound_elements:
            return each
    for label in _lineage(registry, labels):
        for each in known:
            if label in each.value.bound_types:
                return each
    return None


def _lineage(registry: TypeRegistry, labels: Iterable[str]) -> Sequence[str]:
    """What an element is, from the closest on."""
    own = set(labels)
    found: list[str] = []
    for label in sorted(own & registry.ci_types.keys()):
        found += registry.lineage(label)
    return [*found, *(each for each in ELEMENT_LABELS if each in own)]


def strategies_of(
    policies: Policies, registry: TypeRegistry, elements: Iterable[Mapping[str, Any]]
) -> tuple[list[InForce], int]:
    """The strategies of some elements, each once, and how many elements have none.

    Args:
        policies: In force.
        registry: The types in force.
        elements: ``{key, labels}`` of each.
    """
    found: dict[str, InForce] = {}
    without = 0
    for each in elements:
        one = strategy_of(policies, registry, each["key"], each["labels"])
        if one is None:
            without += 1
        else:
            found[one.name] = one
    return [found[name] for name in sorted(found)], without
