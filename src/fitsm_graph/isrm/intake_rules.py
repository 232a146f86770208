"""How incidents are taken in: what is like them, what they may be about, as policy (PR9.1).

intake-rules/default: {near: PT60M, hops: 3, alike: 0.5, without_element: take_in, impact: low}

Where no rules are in force, these are what counts; impact is then the lowest there is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.reading import Reader
from fitsm_graph.flow.weighing import DEFAULT, IMPACT, in_force
from fitsm_graph.kernel.errors import Problem

INTAKE = "intake-rules"
_FIELDS = ("near", "hops", "alike", "without_element", "impact")
_MOST_HOPS = 6


class WithoutElement(StrEnum):
    """What becomes of a report that does not say which element it is about."""

    TAKE_IN = "take_in"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class IntakeRules:
    """How incidents are taken in.

    Attributes:
        near: Incidents that began no longer before or after count as near in time.
        hops: Steps of dependency within which two elements have a need in common.
        alike: Share of their words from which on two titles are alike.
        without_element: What becomes of a report that names none.
        impact: Class of an incident of which it is not known what it affects; empty: the lowest.
    """

    near: timedelta = timedelta(minutes=60)
    hops: int = 3
    alike: float = 0.5
    without_element: WithoutElement = WithoutElement.TAKE_IN
    impact: str = ""

    @property
    def refuses(self) -> bool:
        """Whether what names no element is refused."""
        return self.without_element is WithoutElement.REFUSE

    def unknown(self, classes: tuple[str, ...]) -> str:
        """The class of impact of what is not known to affect anything."""
        return self.impact if self.impact in classes else classes[-1]


def intake_of(policies: Policies) -> IntakeRules:
    """The rules in force, or what counts where there are none."""
    found: IntakeRules | None = in_force(policies, INTAKE)
    return found or IntakeRules()


def parse_intake(_name: str, document: Any, read: Reader) -> IntakeRules | None:
    """Read how incidents are taken in."""
    given = read.fields(document, (), _FIELDS, _FIELDS[:-1])
    near = read.span(given.get("near"), ("near",))
    hops = read.whole(given.get("hops"), ("hops",), 1, _MOST_HOPS)
    alike = read.number(given.get("alike"), ("alike",), 0, 1)
    known = [each.value for each in WithoutElement]
    without = read.one_of(given.get("without_element"), ("without_element",), known)
    impact = read.word(given.get("impact"), ("impact",)) if given.get("impact") else ""
    if near is None or not without:
        return None
    return IntakeRules(near, hops, alike, WithoutElement(without), impact)


def intake_fits(name: str, value: IntakeRules, policies: Policies) -> Iterable[Problem]:
    """The class that they name is one of the rules of impact."""
    rules = in_force(policies, IMPACT)
    if name == DEFAULT and value.impact and rules is not None and value.impact not in rules.classes:
        yield Problem(
            "POLICY_MISSING",
            f"the rules of impact have no class '{value.impact}'",
            why=f"they have {', '.join(rules.classes)}",
            remedy="name one of these, or leave it out: it is the lowest then",
            path=("impact",),
        )
