"""The definition with one sentence broken at a time.

Each mutant is a plausible mistake. A suite that lets one of them pass would also let the same
mistake pass in the engine, so every mutant must be caught by the case tables, and by the
comparison of random cases as well.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from oracles.impact_oracle import (
    AT_RISK,
    CAPS,
    DEGRADED,
    DOWN,
    UP,
    Need,
    Semantics,
    States,
    read_needs,
    read_own,
)


class ReserveIgnored(Semantics):
    """Redundancy that was lost is not shown."""

    def short_of_reserve(self, _need: Need, _states: States) -> bool:
        return False


class ReserveAlwaysTheRest(Semantics):
    """A reserve that was set has no effect."""

    def reserve(self, need: Need) -> int:
        return max(0, need.total - need.need)


class ReserveNotCut(Semantics):
    """A reserve larger than the rest is wanted in full."""

    def reserve(self, need: Need) -> int:
        rest = max(0, need.total - need.need)
        return rest if need.reserve is None else need.reserve


class ReserveOfCalm(Semantics):
    """The reserve counts members that are UP instead of those below DEGRADED."""

    def short_of_reserve(self, need: Need, states: States) -> bool:
        return self.calm(need, states) < need.need + self.reserve(need)


class ReserveOfAny(Semantics):
    """The reserve counts degraded members as whole."""

    def short_of_reserve(self, need: Need, states: States) -> bool:
        return self.any(need, states) < need.need + self.reserve(need)


class DegradedIsGone(Semantics):
    """A degraded member counts as lost."""

    def any(self, need: Need, states: States) -> int:
        return self.full(need, states)


class DegradedIsWhole(Semantics):
    """A degraded member counts as whole."""

    def full(self, need: Need, states: States) -> int:
        return self.any(need, states)


class RiskDegrades(Semantics):
    """A member at risk counts as degraded."""

    def full(self, need: Need, states: States) -> int:
        return self.calm(need, states)


class RiskStops(Semantics):
    """AT_RISK is reported where it arises and goes no further."""

    def calm(self, need: Need, states: States) -> int:
        return self.full(need, states)


class WeightsIgnored(Semantics):
    """Every member counts one."""

    def worth(self, need: Need, counts: Any) -> int:
        return sum(1 for member, _ in need.members if counts(member))


class WeakestWeight(Semantics):
    """The least weight instead of the sum."""

    def worth(self, need: Need, counts: Any) -> int:
        return min((weight for member, weight in need.members if counts(member)), default=0)


class NeedExceeded(Semantics):
    """Exactly what is needed is already too little."""

    def required(self, need: Need) -> int:
        return need.need + 1


class NeedZeroIsOne(Semantics):
    """A need of nothing is read as a need of one."""

    def required(self, need: Need) -> int:
        return max(1, need.need)


class NeedAboveCapacityIsUp(Semantics):
    """A need that can never be met is cut to what there is."""

    def required(self, need: Need) -> int:
        return min(need.need, need.total)


class SoftIsHard(Semantics):
    """A soft requirement can bring its element down."""

    def cap(self, need: Need) -> int:
        return UP if need.strength == "info" else DOWN


class SoftIsRisk(Semantics):
    """A soft requirement can only put its element at risk."""

    def cap(self, need: Need) -> int:
        return min(CAPS[need.strength], AT_RISK) if need.strength == "soft" else super().cap(need)


class InfoCounts(Semantics):
    """An informational requirement puts its element at risk."""

    def cap(self, need: Need) -> int:
        return max(AT_RISK, CAPS[need.strength])


class LastRequirementWins(Semantics):
    """The last requirement decides instead of the worst."""

    def combine(self, levels: Iterable[int]) -> int:
        return (list(levels) or [UP])[-1]


class BestRequirementWins(Semantics):
    """The best requirement decides instead of the worst."""

    def combine(self, levels: Iterable[int]) -> int:
        return min(levels, default=UP)


class CountingOnly(Semantics):
    """No grounded support at all: members hold each other up."""

    def levels_of_support(self) -> tuple[int, ...]:
        return ()


class NoSupportDown(Semantics):
    """The set for DOWN is left out."""

    def levels_of_support(self) -> tuple[int, ...]:
        return (DEGRADED, AT_RISK)


class NoSupportFull(Semantics):
    """The set for DEGRADED is left out."""

    def levels_of_support(self) -> tuple[int, ...]:
        return (DOWN, AT_RISK)


class NoSupportCalm(Semantics):
    """The set for AT_RISK is left out."""

    def levels_of_support(self) -> tuple[int, ...]:
        return (DOWN, DEGRADED)


class GreatestSupport(Semantics):
    """The greatest support set: a ring without a source holds itself up."""

    def support(self, needs: list[Need], states: States, level: int) -> set[str]:
        inside = {element for element, state in states.items() if state < level}
        binding = [need for need in needs if self.support_binds(need, level)]
        while lost := {n.of for n in binding if not self.supported_by(n, inside)} & inside:
            inside -= lost
        return inside


class SoftSupportForDown(Semantics):
    """An unfounded soft requirement brings its element down."""

    def support_binds(self, need: Need, _level: int) -> bool:
        return need.grounded and need.strength != "info"


class SoftSupportForgotten(Semantics):
    """Soft grounded requirements never ask for support."""

    def support_binds(self, need: Need, _level: int) -> bool:
        return need.grounded and need.strength == "hard"


class SoftSupportForgottenWhenCalm(Semantics):
    """Soft grounded requirements ask for support only at DEGRADED."""

    def support_binds(self, need: Need, level: int) -> bool:
        strengths = ("hard", "soft") if level == DEGRADED else ("hard",)
        return need.grounded and need.strength in strengths


class InfoSupport(Semantics):
    """Informational grounded requirements ask for support."""

    def support_binds(self, need: Need, level: int) -> bool:
        return super().support_binds(need, level) or (need.grounded and need.strength == "info")


class EverythingGrounded(Semantics):
    """All requirements ask for support, so a healthy cycle is born dead."""

    def support_binds(self, need: Need, level: int) -> bool:
        return super().support_binds(replace(need, grounded=True), level)


class AnySupportIsEnough(Semantics):
    """One supported requirement is enough instead of every one."""

    def support(self, needs: list[Need], states: States, level: int) -> set[str]:
        binding = [need for need in needs if self.support_binds(need, level)]
        bound = {need.of for need in binding}
        inside = {e for e, state in states.items() if state < level and e not in bound}
        while more := {
            n.of
            for n in binding
            if states[n.of] < level and n.of not in inside and self.supported_by(n, inside)
        }:
            inside |= more
        return inside


class DegradedSupportsFully(Semantics):
    """A degraded element still gives full support."""

    def may_support(self, state: int, level: int) -> bool:
        return state < DOWN if level == DEGRADED else super().may_support(state, level)


class RiskSupportsCalmly(Semantics):
    """An element at risk still gives calm support."""

    def may_support(self, state: int, level: int) -> bool:
        return state < DEGRADED if level == AT_RISK else super().may_support(state, level)


class UnfoundedIsDegraded(Semantics):
    """What has lost its ground is only degraded."""

    def by_support(self, needs: list[Need], states: States) -> States:
        after = super().by_support(needs, states)
        return {e: max(states[e], min(after[e], DEGRADED)) for e in states}


class SupportOnlyAtTheEnd(Semantics):
    """What support takes away is not counted again."""

    def states(self, case: Mapping[str, Any]) -> States:
        needs = read_needs(case)
        states = self.start(case)
        while (after := self.by_counting(needs, states)) != states:
            states = after
        return self.by_support(needs, states)


class SupportOnlyAtTheStart(Semantics):
    """Support is looked at once, before anything is counted."""

    def states(self, case: Mapping[str, Any]) -> States:
        needs = read_needs(case)
        states = self.by_support(needs, self.start(case))
        while (after := self.by_counting(needs, states)) != states:
            states = after
        return states


class OneRound(Semantics):
    """Only the neighbours of a fault are looked at."""

    def states(self, case: Mapping[str, Any]) -> States:
        needs = read_needs(case)
        return self.by_support(needs, self.by_counting(needs, self.start(case)))


class FromAbove(Semantics):
    """The greatest state instead of the least: every cycle keeps itself down."""

    def by_counting(self, needs: list[Need], states: States) -> States:
        return {
            e: max(self._own[e], self.combine(self.capped(n, states) for n in needs if n.of == e))
            for e in states
        }

    def start(self, case: Mapping[str, Any]) -> States:
        self._own = read_own(case)
        return dict.fromkeys(self._own, DOWN)

    def by_support(self, _needs: list[Need], states: States) -> States:
        return states


class OwnDegradedIsRisk(Semantics):
    """An own state of DEGRADED is taken for AT_RISK."""

    def own(self, case: Mapping[str, Any]) -> States:
        return {e: AT_RISK if s == DEGRADED else s for e, s in read_own(case).items()}


class OwnRiskIgnored(Semantics):
    """An own state of AT_RISK is dropped."""

    def own(self, case: Mapping[str, Any]) -> States:
        return {e: UP if s == AT_RISK else s for e, s in read_own(case).items()}


class OwnForgotten(Semantics):
    """An element with requirements forgets its own state, as if it had been restored."""

    def own(self, case: Mapping[str, Any]) -> States:
        bound = {need.of for need in read_needs(case)}
        return {e: UP if e in bound else s for e, s in read_own(case).items()}


class SelfDoesNotCount(Semantics):
    """An element's membership in its own requirement is dropped."""

    def worth(self, need: Need, counts: Any) -> int:
        return sum(weight for m, weight in need.members if m != need.of and counts(m))


class MarginOfWhole(Semantics):
    """The margin leaves out degraded members."""

    def margin(self, need: Need, states: States) -> int:
        return self.full(need, states) - need.need


class MarginNeverNegative(Semantics):
    """The margin stops at nothing."""

    def margin(self, need: Need, states: States) -> int:
        return max(0, super().margin(need, states))


def _leaves(kind: type[Semantics]) -> list[type[Semantics]]:
    return [leaf for child in kind.__subclasses__() for leaf in (child, *_leaves(child))]


MUTANTS: tuple[type[Semantics], ...] = tuple(
    each for each in _leaves(Semantics) if each.__module__ == __name__
)
