"""Lives: the states that records of a type pass through, as data (processes: rule 3).

    life = life_of(policies, "Incident")
    after = life.step(incident, "incident.resolve", remedy="…", at=tx.at)

A life says where a record begins and ends, what each state does to its clocks, in which of them it
has an effect on what it names, and which verb leads from where to where under which requirement.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.targets import Pace
from fitsm_graph.graph.verb import VERBS, Verb
from fitsm_graph.kernel.errors import Refused

LIFE = "life"
"""The kind of policy."""


@dataclass(frozen=True, slots=True)
class Lived:
    """What the code says of a type of record whose states are data.

    Attributes:
        record: Kind of the record, which is the policy's name.
        also: What leads it on beside verbs on it: what verbs on other records do to it.
    """

    record: str
    also: tuple[str, ...] = ()

    @property
    def born(self) -> tuple[str, ...]:
        """The verbs that make one: they answer with it, and are told of none."""
        return tuple(each.name for each in self._on() if not each.refers)

    @property
    def verbs(self) -> tuple[str, ...]:
        """Those that need it in some states, whether or not they lead to others."""
        own = (each.name for each in self._on() if each.refers and not each.anytime)
        return (*own, *self.also)

    def _on(self) -> list[Verb]:
        return [each for each in VERBS.values() if each.on == self.record]


@dataclass(frozen=True, slots=True)
class LifeState:
    """A state of a record.

    Attributes:
        pace: What it does to the clocks of targets.
        effect: What the record names is in the state that it says, as long as it stands here.
    """

    name: str
    pace: Pace
    effect: bool
    doc: str


@dataclass(frozen=True, slots=True)
class Transition:
    """A verb leads from one state to another, or finds the record in a state and leaves it there.

    Attributes:
        by: Name of the verb.
        guard: The requirement that asks for it to be so.
    """

    source: str
    target: str
    by: str
    guard: str


@dataclass(frozen=True, slots=True)
class Life:
    """The states of a type of record.

    Attributes:
        record: Kind of the record.
        initial: Where it begins.
        ends: Where it is over.
    """

    record: str
    initial: str
    ends: frozenset[str]
    states: Mapping[str, LifeState]
    transitions: tuple[Transition, ...]

    @property
    def going(self) -> list[str]:
        """States in which the clocks of a record are not stopped."""
        return [name for name, state in self.states.items() if state.pace is not Pace.STOPS]

    def sources(self, verb: str) -> list[str]:
        """States in which a verb is possible, as they are declared."""
        return [each.source for each in self.transitions if each.by == verb]

    def step(self, current: Mapping[str, Any], verb: str, *, remedy: str) -> str:
        """The state that a verb leads to.

        Args:
            current: Properties of the record.
            verb: Its name.
            remedy: What to do where the record is in no state for it.

        Raises:
            Refused: ILLEGAL_TRANSITION, with the requirement.
        """
        status = current["status"]
        for each in self.transitions:
            if each.source == status and each.by == verb:
                return each.target
        wanted = self.sources(verb)
        guards = [each.guard for each in self.transitions if each.by == verb]
        raise Refused(
            f"{current['key']} is {status}",
            code="ILLEGAL_TRANSITION",
            why=f"it would have to be {' or '.join(wanted)}" if wanted else "no state allows it",
            remedy=remedy,
            requirement=guards[0] if guards else "",
        )

    def move(
        self, current: Mapping[str, Any], verb: str, at: str, *, remedy: str
    ) -> dict[str, Any]:
        """New values of a disturbance that a verb moves on: its state, and since or until when.

        It is in force from when it comes into a state with an effect, and no more from when it
        leaves the last of them or is over.

        Args:
            current: Properties of the record.
            verb: Name of the verb.
            at: The moment, in the stored form.
            remedy: What to do where the record is in no state for it.

        Raises:
            Refused: ILLEGAL_TRANSITION.
        """
        target = self.step(current, verb, remedy=remedy)
        before, after = self.states[current["status"]], self.states[target]
        moved: dict[str, Any] = {"status": target}
        if after.effect and not before.effect:
            moved |= {"starts_at": current.get("starts_at") or at, "ends_at": None}
        elif (before.effect and not after.effect) or (
            target in self.ends and current.get("ends_at") is None
        ):
            moved["ends_at"] = max(at, current.get("starts_at") or at)
        return moved


def stepped(
    policies: Policies,
    record: str,
    current: Mapping[str, Any],
    verb: str,
    *,
    remedy: str = "look at its history",
) -> str:
    """The state that a verb leads a record to, by the life that is in force.

    Raises:
        Refused: ILLEGAL_TRANSITION, or NO_POLICY_IN_FORCE.
    """
    return life_of(policies, record).step(current, verb, remedy=remedy)


def life_of(policies: Policies, record: str) -> Life:
    """The life of a type of record that is in force.

    Raises:
        Refused: NO_POLICY_IN_FORCE.
    """
    life: Life = policies.value(LIFE, record)
    return life
