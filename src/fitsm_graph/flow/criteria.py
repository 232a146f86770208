"""Criteria over facts of the graph: how many services are down, how critical the most critical is.

    when: {services_down: 1, criticality: 2}

All of a criterion's conditions have to hold. A fact that is unknown meets nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from fitsm_graph.flow.reading import Path, Reader


class Sense(StrEnum):
    """How a fact meets a condition."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    IS = "is"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is known when criteria are looked at.

    Attributes:
        low: Least value of a condition.
        high: Greatest value of a condition.
    """

    name: str
    sense: Sense
    low: int
    high: int
    doc: str


SERVICES_DOWN = Fact("services_down", Sense.AT_LEAST, 1, 100_000, "Services that are DOWN.")
SERVICES_REACHED = Fact("services_reached", Sense.AT_LEAST, 1, 100_000, "Services that get worse.")
CRITICALITY = Fact("criticality", Sense.AT_MOST, 1, 4, "Of the most critical service; 1 highest.")
DOWN_CRITICALITY = Fact(
    "down_criticality", Sense.AT_MOST, 1, 4, "Of the most critical service that is DOWN; 1 highest."
)
CUSTOMERS = Fact("customers", Sense.AT_LEAST, 1, 1_000_000, "Customers behind those services.")
USERS = Fact("users", Sense.AT_LEAST, 1, 1_000_000_000, "Users behind those customers.")
LINKED_INCIDENTS = Fact("linked_incidents", Sense.AT_LEAST, 1, 1_000_000, "Incidents linked to it.")
OPEN_INCIDENTS = Fact("open_incidents", Sense.AT_LEAST, 1, 1_000_000, "Those not resolved yet.")
HOURS_LOST = Fact("hours_lost", Sense.AT_LEAST, 1, 10_000_000, "How long those lasted together.")
MARGIN_LEFT = Fact("margin_left", Sense.AT_MOST, 0, 1_000, "Failures that can be borne meanwhile.")
URGENT = Fact("urgent", Sense.IS, 1, 1, "It cannot wait for the usual steps.")
PREAPPROVED = Fact("preapproved", Sense.IS, 1, 1, "It follows a standard change of the catalogue.")
FAILED_BEFORE = Fact(
    "failed_before", Sense.AT_LEAST, 1, 100_000, "Changes of the same elements that went wrong."
)
DONE_BEFORE = Fact(
    "done_before", Sense.AT_LEAST, 1, 100_000, "Changes of the same elements that went well."
)
OPEN_PROBLEMS = Fact(
    "open_problems", Sense.AT_LEAST, 1, 100_000, "Problems under investigation there."
)
OPEN_DEVIATIONS = Fact(
    "open_deviations", Sense.AT_LEAST, 1, 100_000, "Deviations of what it alters."
)
INCIDENTS_AROUND = Fact(
    "incidents_around", Sense.AT_LEAST, 1, 100_000, "Open incidents above or below it."
)
PROBLEMS_AROUND = Fact(
    "problems_around", Sense.AT_LEAST, 1, 100_000, "Open problems above or below it."
)
DEVIATIONS_AROUND = Fact(
    "deviations_around", Sense.AT_LEAST, 1, 100_000, "Open deviations above or below it."
)
FAILED_ALIKE = Fact(
    "failed_alike", Sense.AT_LEAST, 1, 100_000, "Changes of other CIs of its types that went wrong."
)
COLLISIONS = Fact("collisions", Sense.AT_LEAST, 1, 100_000, "Other work that gets in its way.")
ELEMENTS_ALTERED = Fact("elements_altered", Sense.AT_LEAST, 1, 100_000, "Elements that it alters.")
SINGLE_POINTS = Fact(
    "single_points", Sense.AT_LEAST, 1, 100_000, "Those that take a service down alone."
)
NO_BACK_OUT = Fact("no_back_out", Sense.IS, 1, 1, "Nothing says how it is undone.")
BACK_OUT_UNTESTED = Fact(
    "back_out_untested", Sense.IS, 1, 1, "Nobody has seen that it can be undone."
)

Facts = Mapping[str, int | None]
"""What is known; what holds or does not is true or false, which are numbers as well."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """Conditions that have to hold together.

    Attributes:
        key: What it is called, or what follows from it.
        when: Bound by name of the fact.
    """

    key: str
    when: Mapping[str, int]
    senses: Mapping[str, Sense]

    def met(self, facts: Facts) -> bool:
        """Whether some facts meet all conditions."""
        return all(self._one(name, bound, facts.get(name)) for name, bound in self.when.items())

    def _one(self, name: str, bound: int, value: int | None) -> bool:
        if value is None:
            return False
        return value <= bound if self.senses[name] is Sense.AT_MOST else value >= bound

    def covers(self, other: "Criterion") -> bool:
        """Whether this one holds whenever the other does."""
        return all(
            name in other.when
            and (
                other.when[name] <= bound
                if self.senses[name] is Sense.AT_MOST
                else other.when[name] >= bound
            )
            for name, bound in self.when.items()
        )


def read_criterion(
    key: str, given: object, path: Path, facts: Sequence[Fact], read: Reader
) -> Criterion | None:
    """Read the conditions of a criterion; None where nothing of them is left."""
    known = {each.name: each for each in facts}
    when = {}
    for name, bound in read.mapping(given, path, "facts and their bounds").items():
        fact = known.get(name)
        if fact is None:
            read.one_of(name, (*path, name), known)
        elif fact.sense is Sense.IS:
            if bound is not True:
                what = f"'{name}' holds or is left out"
                read.wrong("POLICY_VALUE", (*path, name), what, f"{name}: true")
            when[name] = 1
        else:
            when[name] = read.whole(bound, (*path, name), fact.low, fact.high)
    return Criterion(key, when, {name: known[name].sense for name in when}) if when else None


def check_covered(found: Sequence[tuple[Path, Criterion]], read: Reader, *, ordered: bool) -> None:
    """Note criteria that decide nothing, because another holds whenever they do.

    Args:
        found: With their paths.
        read: Notes.
        ordered: The first that holds decides, so that only earlier ones are looked at.
    """
    for place, (path, each) in enumerate(found):
        others = found[:place] if ordered else [*found[:place], *found[place + 1 :]]
        for _, other in others:
            if other.covers(each):
                what = f"'{each.key}' decides nothing: '{other.key}' holds whenever it does"
                read.wrong("CRITERION_COVERED", path, what, "take it away, or change a bound")
                break
