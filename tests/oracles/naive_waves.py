"""Waves by trying everything: which sets of elements may be out of operation together.

Written from the definition alone, over the oracle of impact; nothing of the product is used. The
fewest waves are found by looking at every way to fill them, so that only a few elements can be
asked about.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations
from typing import Any

from oracles.impact_oracle import DOWN, Need, Semantics, read_needs

WORDS = {"down": 3, "degraded": 2, "at_risk": 1}


@dataclass
class Estate:
    """What a plan is held against.

    Attributes:
        case: Elements, requirements and own states, as the oracle of impact reads them.
        services: Which elements are services.
        groups: Ids of the requirements of redundancy groups.
        effects: The state of each piece while it is worked on.
        worst: What a service may become by a wave.
        spare: What a group must still be able to lose.
    """

    case: Mapping[str, Any]
    services: frozenset[str]
    groups: frozenset[str]
    effects: Mapping[str, str]
    worst: int
    spare: int
    needs: list[Need] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.needs = read_needs(self.case)
        self.calm = self._looked_at(())

    def safe(self, wave: Iterable[str]) -> bool:
        """Whether some pieces may be worked on together."""
        states, margins = self._looked_at(wave)
        before, room = self.calm
        return all(
            states[each] <= self.worst or states[each] <= before[each] for each in self.services
        ) and all(
            margins[each] >= self.spare or margins[each] >= room[each] for each in self.groups
        )

    def _looked_at(self, wave: Iterable[str]) -> tuple[dict[str, int], dict[str, int]]:
        case = {**self.case}
        for word in WORDS:
            mine = [each for each in wave if self.effects[each] == word]
            case[word] = [*case.get(word, ()), *mine]
        states = Semantics().states(case)
        return states, {
            need.id: sum(w for m, w in need.members if states[m] != DOWN) - need.need
            for need in self.needs
        }


def reaches(needs: Sequence[Need], start: str) -> set[str]:
    """All that an element depends on, by steps."""
    found: set[str] = set()
    left = [start]
    while left:
        at = left.pop()
        for need in needs:
            if need.of == at and need.strength != "info":
                for member, _ in need.members:
                    if member not in found:
                        found.add(member)
                        left.append(member)
    return found


def earlier(estate: Estate, *, providers_first: bool) -> dict[str, set[str]]:
    """For each piece the pieces of earlier waves."""
    below = {each: reaches(estate.needs, each) for each in estate.effects}
    found: dict[str, set[str]] = {each: set() for each in estate.effects}
    for one in estate.effects:
        for other in estate.effects:
            if other in below[one] and one not in below[other]:
                consumer, provider = one, other
                if providers_first:
                    found[consumer].add(provider)
                else:
                    found[provider].add(consumer)
    return found


def fewest(estate: Estate, before: Mapping[str, set[str]]) -> int | None:
    """The fewest waves; None: there is no plan."""
    pieces = frozenset(estate.effects)
    safe = cache(estate.safe)

    @cache
    def from_here(done: frozenset[str]) -> int | None:
        left = sorted(pieces - done)
        if not left:
            return 0
        ready = [each for each in left if before[each] <= done]
        best: int | None = None
        for size in range(1, len(ready) + 1):
            for wave in combinations(ready, size):
                if safe(wave):
                    rest = from_here(done | set(wave))
                    if rest is not None and (best is None or rest + 1 < best):
                        best = rest + 1
        return best

    return from_here(frozenset())
