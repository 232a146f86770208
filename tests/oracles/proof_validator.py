"""Re-check every step of every proof, by hand so to speak, without the engine.

What is demanded of `proofs`, next to the case and the `states` of the same answer:

1. There is a proof for every element that is not UP, and for no other; its `level`, which a
   certificate may leave out, is the element's state.
2. An own proof (`requirement` null, `because` empty) is for an element whose own state is that
   level. An element whose own state is its level has an own proof: nothing is shorter.
3. A requirement proof names a requirement of that element. Were the members named in `because`
   in their states and all others UP, the requirement, capped by its strength, would have that
   level. No member can be left out of `because` (irreducible, at every level).
4. A certificate `unfounded` names a set that holds the element. Each element of the set has a
   grounded requirement, of a strength that binds at that level, whose members outside the set and
   outside those shown to be at that level or worse are worth less than the need. So nothing in
   the set can be the first to enter the least support set. The set need not be the smallest: the
   whole unfounded set is what a reader wants to see.
5. Proofs are well founded: beginning with own proofs, each proof is accepted when all it rests on
   is accepted; in the end all are. This is acyclicity, for requirement proofs and certificates
   alike.
6. Shortest (`not_shortest`): where an element can be explained through requirements alone, the
   longest chain of `because` from it down to a leaf has as few links as possible. Leaves are own
   states and requirements that no state could meet. With a certificate in the chain nothing is
   demanded: the definition does not say how long a certificate is.

States are judged against the oracle elsewhere; here they are taken as given, and a proof that
passes shows that each state is at least as bad as claimed.
"""

from collections.abc import Collection, Mapping
from math import inf
from typing import Any

from oracles.impact_oracle import (
    AT_RISK,
    CAPS,
    DEGRADED,
    DOWN,
    UP,
    WORDS,
    Need,
    read_needs,
    read_own,
)

Proof = Mapping[str, Any]


def complaints(case: Mapping[str, Any], answer: Mapping[str, Any]) -> list[str]:
    """List what is wrong with the proofs of an answer; an empty list is a pass."""
    return ProofCheck(case, answer).all()


def follows(need: Need, blamed: Mapping[str, int], level: int) -> bool:
    """Whether the blamed members alone bring the capped requirement to the level."""

    def left(floor: int) -> int:
        return sum(w for member, w in need.members if blamed.get(member, UP) < floor)

    if CAPS[need.strength] < level:
        return False
    rest = max(0, need.total - need.need)
    reserve = rest if need.reserve is None else min(rest, need.reserve)
    return left(level) < need.need or (level == AT_RISK and left(DEGRADED) < need.need + reserve)


class ProofCheck:
    """One answer under examination."""

    def __init__(self, case: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        self.own = read_own(case)
        self.needs = {need.id: need for need in read_needs(case)}
        self.states = {e: WORDS.index(word) for e, word in answer["states"].items()}
        self.proofs: Mapping[str, Proof] = answer["proofs"]

    def all(self) -> list[str]:
        """Every complaint: missing and needless proofs, wrong steps, ungrounded chains."""
        not_up = {e for e, state in self.states.items() if state != UP}
        found = [f"{e}: not UP and without proof" for e in sorted(not_up - set(self.proofs))]
        found += [f"{e}: UP and with a proof" for e in sorted(set(self.proofs) - not_up)]
        judged = sorted(not_up & set(self.proofs))
        wrong = {e: self.step(e) for e in judged}
        found += [f"{e}: {text}" for e, texts in wrong.items() for text in texts]
        sound = [e for e in judged if not wrong[e]]
        circular = set(sound) - self.accepted(sound)
        return found + [f"{e}: rests on itself or on what is not shown" for e in sorted(circular)]

    def step(self, element: str) -> list[str]:
        """Complaints about one proof, looked at alone."""
        proof = self.proofs[element]
        claimed = proof.get("level", WORDS[self.states[element]])
        if claimed != WORDS[self.states[element]]:
            return [f"proof of {claimed}, state {WORDS[self.states[element]]}"]
        if "unfounded" in proof:
            return self.certificate_shape(element, proof["unfounded"])
        if "level" not in proof:
            return ["no level"]
        if proof["requirement"] is None:
            return self.own_step(element, proof)
        return self.requirement_step(element, proof)

    def own_step(self, element: str, proof: Proof) -> list[str]:
        """Complaints about a proof by own state."""
        if proof["because"]:
            return ["an own state needs no cause"]
        if self.own[element] != self.states[element]:
            return [f"own state is {WORDS[self.own[element]]}"]
        return []

    def requirement_step(self, element: str, proof: Proof) -> list[str]:
        """Complaints about a proof through a requirement."""
        if self.own[element] == self.states[element]:
            return ["the own state is the shorter proof"]
        need = self.needs.get(proof["requirement"])
        if need is None or need.of != element:
            return [f"{proof['requirement']} is not a requirement of it"]
        because = proof["because"]
        if len(set(because)) != len(because) or not set(because) <= {m for m, _ in need.members}:
            return [f"{because} are not distinct members of {need.id}"]
        blamed = {member: self.states[member] for member in because}
        if not follows(need, blamed, self.states[element]):
            return [f"does not follow from {because} through {need.id}"]
        return [
            f"{member} is superfluous in {because}"
            for member in because
            if follows(need, blamed | {member: UP}, self.states[element])
        ]

    def certificate_shape(self, element: str, unfounded: Collection[str]) -> list[str]:
        """Complaints about a certificate that can be made without looking at other proofs."""
        if self.own[element] == self.states[element]:
            return ["the own state is the shorter proof"]
        if len(set(unfounded)) != len(unfounded) or not set(unfounded) <= set(self.states):
            return ["the unfounded set repeats itself or names strangers"]
        if element not in unfounded:
            return ["not in its own unfounded set"]
        level = self.states[element]
        better = sorted(e for e in unfounded if self.states[e] < level)
        return [f"unfounded at {WORDS[level]}, yet {better} are better"] if better else []

    def certificate_holds(self, unfounded: Collection[str], shown: set[str], level: int) -> bool:
        """Whether nothing in the set can be the first to enter the support set."""
        barred = set(unfounded) | {e for e in shown if self.states[e] >= level}
        stuck = {
            need.of
            for need in self.needs.values()
            if need.grounded
            and (need.strength == "hard" or (need.strength == "soft" and level != DOWN))
            and sum(w for member, w in need.members if member not in barred) < need.need
        }
        return set(unfounded) <= stuck

    def rests(self, element: str, shown: set[str]) -> bool:
        """Whether the proof of the element rests only on what is shown already."""
        proof = self.proofs[element]
        if "unfounded" in proof:
            return self.certificate_holds(proof["unfounded"], shown, self.states[element])
        return set(proof["because"]) <= shown

    def accepted(self, sound: list[str]) -> set[str]:
        """Accept proofs from the own states onwards until nothing more can be accepted."""
        shown: set[str] = set()
        while more := {e for e in sound if e not in shown and self.rests(e, shown)}:
            shown |= more
        return shown


def least_heights(case: Mapping[str, Any], states: Mapping[str, str]) -> dict[str, int]:
    """Links in the shortest proof through requirements alone; absent if there is none."""
    level = {e: WORDS.index(word) for e, word in states.items()}
    height = {e: 0 for e, own in read_own(case).items() if own == level[e] != UP}
    needs = [need for need in read_needs(case) if level[need.of] != UP]
    height |= {n.of: 0 for n in needs if follows(n, {}, level[n.of])}
    links = 0
    while True:
        links += 1
        known = {e: level[e] for e in height}
        new = {n.of for n in needs if n.of not in height and follows(n, known, level[n.of])}
        if not new:
            return height
        height |= dict.fromkeys(new, links)


def not_shortest(case: Mapping[str, Any], answer: Mapping[str, Any]) -> list[str]:
    """List elements whose proof has longer chains than needed; for valid proofs only."""
    proofs: Mapping[str, Proof] = answer["proofs"]
    taken: dict[str, float] = {}

    def links(element: str) -> float:
        if element not in taken:
            proof = proofs[element]
            if "unfounded" in proof:
                taken[element] = inf
            else:
                taken[element] = max((1 + links(m) for m in proof["because"]), default=0)
        return taken[element]

    least = least_heights(case, answer["states"])
    return [f"{e}: {links(e)} links, not {h}" for e, h in sorted(least.items()) if links(e) > h]
