"""The impact semantics once more, as slowly and plainly as they can be written.

Everything here follows the exact definition in `docs/impact-semantics.md`, sentence by sentence,
with dictionaries and sets: no arrays, no worklist, no counters, no strongly connected components.
It shares no code with `fitsm_graph.impact` and is what the engine is compared with.

Each sentence of the definition is a small method of `Semantics`, so that `oracles.mutants` can
break one sentence at a time and show that the tests notice.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

UP, AT_RISK, DEGRADED, DOWN = range(4)
WORDS = ("UP", "AT_RISK", "DEGRADED", "DOWN")
CAPS = {"hard": DOWN, "soft": DEGRADED, "info": UP}
OWN_LISTS = {"down": DOWN, "degraded": DEGRADED, "at_risk": AT_RISK}

States = dict[str, int]


@dataclass(frozen=True, slots=True)
class Need:
    """One requirement of an element: `need` units of weight out of `members`."""

    id: str
    of: str
    members: tuple[tuple[str, int], ...]
    need: int
    strength: str
    grounded: bool
    reserve: int | None

    @property
    def total(self) -> int:
        """Weight of all members."""
        return sum(weight for _, weight in self.members)


def read_needs(case: Mapping[str, Any]) -> list[Need]:
    """Read the requirements of a case; a missing id becomes ``of#n``, n counted per element."""
    seen: dict[str, int] = {}
    needs = []
    for row in case["requirements"]:
        position = seen.get(row["of"], 0)
        seen[row["of"]] = position + 1
        weights = row.get("weights") or [1] * len(row["members"])
        needs.append(
            Need(
                id=row.get("id", f"{row['of']}#{position}"),
                of=row["of"],
                members=tuple(zip(row["members"], weights, strict=True)),
                need=row["need"],
                strength=row["strength"],
                grounded=bool(row.get("grounded", False)),
                reserve=row.get("reserve"),
            )
        )
    return needs


def read_own(case: Mapping[str, Any]) -> States:
    """Give every element its own state: the worst of the lists that name it, else UP."""
    own = dict.fromkeys(case["elements"], UP)
    for list_name, level in OWN_LISTS.items():
        for element in case.get(list_name, ()):
            own[element] = max(own[element], level)
    return own


class Semantics:
    """The definition, one method per sentence."""

    def own(self, case: Mapping[str, Any]) -> States:
        """Where the search starts."""
        return read_own(case)

    # -- rule 1: the level of one requirement ------------------------------------------------

    def worth(self, need: Need, counts: Callable[[str], bool]) -> int:
        """Weight of the members that count."""
        return sum(weight for member, weight in need.members if counts(member))

    def any(self, need: Need, states: States) -> int:
        """Weight of the members that are not DOWN."""
        return self.worth(need, lambda member: states[member] != DOWN)

    def full(self, need: Need, states: States) -> int:
        """Weight of the members below DEGRADED."""
        return self.worth(need, lambda member: states[member] < DEGRADED)

    def calm(self, need: Need, states: States) -> int:
        """Weight of the members that are UP."""
        return self.worth(need, lambda member: states[member] == UP)

    def required(self, need: Need) -> int:
        """The weight that is needed."""
        return need.need

    def reserve(self, need: Need) -> int:
        """Wanted beyond the need: all the rest unless a smaller reserve is set."""
        rest = max(0, need.total - need.need)
        return rest if need.reserve is None else min(need.reserve, rest)

    def short_of_reserve(self, need: Need, states: States) -> bool:
        """Whether redundancy has been lost."""
        return self.full(need, states) < self.required(need) + self.reserve(need)

    def level(self, need: Need, states: States) -> int:
        """Level of the requirement before its strength is looked at."""
        if self.any(need, states) < self.required(need):
            return DOWN
        if self.full(need, states) < self.required(need):
            return DEGRADED
        if self.calm(need, states) < self.required(need) or self.short_of_reserve(need, states):
            return AT_RISK
        return UP

    def cap(self, need: Need) -> int:
        """The worst that a requirement of this strength can do to its element."""
        return CAPS[need.strength]

    def capped(self, need: Need, states: States) -> int:
        """Level of the requirement as its element feels it."""
        return min(self.level(need, states), self.cap(need))

    # -- rule 2: the worst of the own state and all requirements ----------------------------

    def combine(self, levels: Iterable[int]) -> int:
        """The worst of several levels."""
        return max(levels, default=UP)

    def by_counting(self, needs: list[Need], states: States) -> States:
        """Apply rules 1 and 2 once, to every element, from the same picture."""
        felt = {
            element: self.combine(self.capped(need, states) for need in needs if need.of == element)
            for element in states
        }
        return {element: max(states[element], felt[element]) for element in states}

    # -- rule 3: grounded support on three levels -------------------------------------------

    def support_binds(self, need: Need, level: int) -> bool:
        """Whether this requirement must be met inside the support set of that level."""
        return need.grounded and need.strength in (("hard",) if level == DOWN else ("hard", "soft"))

    def may_support(self, state: int, level: int) -> bool:
        """Whether an element in this state may be in the support set of that level."""
        return state < level

    def supported_by(self, need: Need, inside: set[str]) -> bool:
        """Whether the requirement has members in the set worth its need."""
        return self.worth(need, lambda member: member in inside) >= self.required(need)

    def support(self, needs: list[Need], states: States, level: int) -> set[str]:
        """The least support set: begin with nothing, add what is held up, until nothing is."""
        binding = [need for need in needs if self.support_binds(need, level)]
        inside: set[str] = set()
        while True:
            held = {
                element
                for element, state in states.items()
                if self.may_support(state, level)
                and all(self.supported_by(n, inside) for n in binding if n.of == element)
            }
            if held <= inside:
                return inside
            inside |= held

    def levels_of_support(self) -> tuple[int, ...]:
        """The levels at which support is asked for."""
        return (DOWN, DEGRADED, AT_RISK)

    def by_support(self, needs: list[Need], states: States) -> States:
        """Apply rule 3 once: outside the support set of a level means at least that level."""
        after = states
        for level in self.levels_of_support():
            inside = self.support(needs, after, level)
            after = {e: s if e in inside else max(s, level) for e, s in after.items()}
        return after

    # -- rule 4: the least state that satisfies all three -----------------------------------

    def start(self, case: Mapping[str, Any]) -> States:
        """The state from which the rules are applied until nothing changes."""
        return self.own(case)

    def states(self, case: Mapping[str, Any]) -> States:
        """The least state of all elements."""
        needs = read_needs(case)
        states = self.start(case)
        while True:
            after = self.by_support(needs, self.by_counting(needs, states))
            if after == states:
                return states
            states = after

    # -- what an answer carries -------------------------------------------------------------

    def margin(self, need: Need, states: States) -> int:
        """Weight that may still be lost before the requirement is DOWN; negative when it is."""
        return self.any(need, states) - need.need

    def answer(self, case: Mapping[str, Any]) -> dict[str, Any]:
        """States and margins in the form of the product's answer."""
        states = self.states(case)
        return {
            "states": {element: WORDS[state] for element, state in states.items()},
            "margins": {need.id: self.margin(need, states) for need in read_needs(case)},
        }


def answer(case: Mapping[str, Any]) -> dict[str, Any]:
    """States and margins of a case, from the unbroken definition."""
    return Semantics().answer(case)


def element_margins(case: Mapping[str, Any], margins: Mapping[str, int]) -> dict[str, int]:
    """An element's margin: the least over its own hard requirements; absent without any."""
    least: dict[str, int] = {}
    for need in read_needs(case):
        if need.strength == "hard":
            least[need.of] = min(margins[need.id], least.get(need.of, margins[need.id]))
    return least
