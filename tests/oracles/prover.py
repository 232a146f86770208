"""Proofs for the oracle's states, found slowly: material to try the validator of proofs on."""

from collections.abc import Mapping
from typing import Any

from oracles.impact_oracle import AT_RISK, DEGRADED, DOWN, WORDS, Need, read_needs, read_own
from oracles.proof_validator import follows

Json = dict[str, Any]


class Prover:
    """Explain states from the worst level downwards: own states, requirements, lost ground."""

    def __init__(self, case: Mapping[str, Any], states: Mapping[str, str]) -> None:
        self.needs = read_needs(case)
        self.own = read_own(case)
        self.states = {e: WORDS.index(word) for e, word in states.items()}
        self.proofs: dict[str, Json] = {}

    def all(self) -> dict[str, Json]:
        """Explain every element that is not UP.

        Raises:
            AssertionError: if a state cannot be explained: the states are not the least ones.
        """
        for level in (DOWN, DEGRADED, AT_RISK):
            for element in self.left(level):
                if self.own[element] == level:
                    self.proofs[element] = self.step(level, None, [])
            while self.by_requirements(level) or self.by_lost_ground(level):
                pass
            assert not self.left(level), (WORDS[level], self.left(level))
        return self.proofs

    def left(self, level: int) -> set[str]:
        """Elements of the level that are not explained yet."""
        return {e for e, state in self.states.items() if state == level and e not in self.proofs}

    def step(self, level: int, requirement: str | None, because: list[str]) -> Json:
        """One proof in the form of the answer."""
        return {"level": WORDS[level], "requirement": requirement, "because": because}

    def by_requirements(self, level: int) -> bool:
        """Explain what follows from what is explained; whether there was any."""
        blamed = {e: self.states[e] for e in self.proofs}
        left = self.left(level)
        found = [n for n in self.needs if n.of in left and follows(n, blamed, level)]
        for need in found:
            self.proofs[need.of] = self.step(level, need.id, self.reduced(need, blamed, level))
        return bool(found)

    def reduced(self, need: Need, blamed: Mapping[str, int], level: int) -> list[str]:
        """Members to blame, without any that can be left out."""
        kept = {m: blamed[m] for m, _ in need.members if m in blamed}
        for member in list(kept):
            fewer = {m: state for m, state in kept.items() if m != member}
            kept = fewer if follows(need, fewer, level) else kept
        return list(kept)

    def by_lost_ground(self, level: int) -> bool:
        """Explain the largest unfounded set among what is left; whether there was any."""
        unfounded = self.left(level)
        while held := unfounded - {n.of for n in self.needs if self.stuck(n, unfounded, level)}:
            unfounded -= held
        proof = {"level": WORDS[level], "unfounded": sorted(unfounded)}
        self.proofs |= dict.fromkeys(unfounded, proof)
        return bool(unfounded)

    def stuck(self, need: Need, unfounded: set[str], level: int) -> bool:
        """Whether the requirement binds and cannot be met from outside the set."""
        if not need.grounded or need.strength not in (
            ("hard",) if level == DOWN else ("hard", "soft")
        ):
            return False
        barred = unfounded | set(self.proofs)
        return sum(weight for member, weight in need.members if member not in barred) < need.need
