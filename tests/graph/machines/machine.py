"""What the machines of all kinds share: a verb goes to the model and to the product alike.

The model answers with the codes of all rules that forbid the verb; none: it has done it. The
product has to refuse with one of these and write nothing, or to do the same as the model.

All verbs are used at any time. As most of them are forbidden in most states, some rules go on with
one of those that the model allows, so that records come to their ends by all ways.
"""

import copy
import random
from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from graph.machines.stage import Estate, Stage, text_of

ODD = timedelta(seconds=7, microseconds=11)
"""Added to each step in time, so that no moment is the very end of a time that was given."""
SPANS = [timedelta(0), timedelta(minutes=7), timedelta(hours=3), timedelta(days=2),
         timedelta(days=8), timedelta(days=15)]  # fmt: skip
NUMBERS = 4
"""Records of a kind that verbs are used on: those that go on, and one that is over."""
TRIES = 25


class Kept:
    """A record of a model.

    Attributes:
        key: As the product calls it.
    """

    key: str = ""
    status: str = ""


@dataclass(frozen=True)
class Place:
    """One of the run's elements: the service, the application, the server."""

    number: int


@dataclass(frozen=True)
class Pick:
    """One of the records of a kind."""

    kind: str
    number: int


@dataclass(frozen=True)
class Window:
    """A time that begins and ends so many hours from now."""

    begins: float
    ends: float


@dataclass(frozen=True)
class Move:
    """A verb with what it may be told.

    Attributes:
        kind: Of the record that it is used on; empty: of none.
        ref: What the verb calls that.
        by: Who may use it.
        given: Values of the other arguments.
        often: How often it is tried where it is a way onwards; seldom for what ends a record.
    """

    verb: str
    kind: str = ""
    ref: str = "ref"
    by: tuple[str, ...] = ("tester",)
    given: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    often: int = 4


class Model:
    """Rules of a process, and what there is by them.

    Attributes:
        new: The record that the last verb made.
        records: By kind, as verbs name them, in the order of registration.
    """

    OVER: ClassVar[frozenset[str]] = frozenset()
    """States in which a record is over."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self.new: Kept | None = None
        self.records: dict[str, list[Any]] = {}
        self.at, self.by = datetime.min, ""  # noqa: DTZ901 - no verb yet

    def act(self, verb: str, at: datetime, by: str, given: Mapping[str, Any]) -> set[str]:
        """Do what a verb does, or say by which rules it is forbidden."""
        self.new, self.at, self.by = None, at, by
        does: Callable[..., Iterable[str] | None] = getattr(self, verb.replace(".", "_"))
        return set(does(**given) or ())

    def allows(self, verb: str, at: datetime, by: str, given: Mapping[str, Any]) -> bool:
        """Whether a verb is possible; what there is stays."""
        trial, said = copy.deepcopy((self, given))
        return not trial.act(verb, at, by, said)

    def add(self, kind: str, record: Any) -> None:
        self.new = record
        self.records.setdefault(kind, []).append(record)

    def live(self, kind: str) -> list[Any]:
        return [each for each in self.records[kind] if each.status not in self.OVER]

    @abstractmethod
    def levels(self) -> dict[str, str]:
        """States of the elements."""


class Machine(RuleBasedStateMachine):
    """Verbs in any order, with the clock moved between.

    Attributes:
        most: Records of a kind that go on at a time.
    """

    stage: ClassVar[Stage]
    model_of: ClassVar[type[Model]]
    moves: ClassVar[tuple[Move, ...]]
    most: ClassVar[int] = 3
    births: ClassVar[Mapping[str, str]] = {}
    """Verbs that make a record, with its kind."""

    def __init__(self) -> None:
        super().__init__()
        self.stage.later(ODD)
        self.estate = self.stage.estate()
        self.model = self.model_of(self.estate)

    @rule(data=st.data())
    def go(self, data: st.DataObject) -> None:
        """A verb that is drawn, or one that leads on, or time passes.

        One rule draws all of them, as Hypothesis leaves most rules out of a run.
        """
        match data.draw(st.sampled_from(("verb",) * 4 + ("onwards",) * 5 + ("time",))):
            case "verb":
                self.any(data)
            case "onwards":
                self.onwards(data.draw(st.integers(0, 2**20)))
            case _:
                self.stage.later(data.draw(st.sampled_from(SPANS)))

    def any(self, data: st.DataObject) -> None:
        """Any verb, told anything, where there is a record to use it on."""
        move = data.draw(st.sampled_from(self.moves))
        by, number = data.draw(st.sampled_from(move.by)), data.draw(st.integers(0, NUMBERS - 1))
        drawn = {name: data.draw(st.sampled_from(values)) for name, values in move.given.items()}
        given = self.ready(move, number, drawn)
        if given is not None:
            note(f"{move.verb} by {by}: {self.told(given)}")
            self.step(move.verb, by, given)

    def onwards(self, seed: int) -> None:
        """Go on by one of the ways that the model allows."""
        chance = random.Random(seed)
        ways = [move for move in self.moves for _ in range(move.often)]
        for _ in range(TRIES):
            move, number = chance.choice(ways), chance.randrange(NUMBERS)
            by = chance.choice(move.by)
            drawn = {name: chance.choice(values) for name, values in move.given.items()}
            given = self.ready(move, number, drawn)
            if given is not None and self.model.allows(move.verb, self.stage.now + ODD, by, given):
                note(f"onwards: {move.verb} by {by}: {self.told(given)}")
                self.step(move.verb, by, given)
                return

    def ready(self, move: Move, number: int, drawn: Mapping[str, Any]) -> dict[str, Any] | None:
        """What a verb is told; None where there is no record for it, or enough of them."""
        born = self.births.get(move.verb)
        if born and len(self.model.live(born)) >= self.most:
            return None
        given = {name: self.meant(value) for name, value in drawn.items()}
        if move.kind:
            given[move.ref] = self.pick(move.kind, number)
        picked = [name for name, value in drawn.items() if isinstance(value, Pick)]
        if any(given[name] is None for name in [*picked, *([move.ref] if move.kind else [])]):
            return None
        return given

    def step(self, verb: str, by: str, given: Mapping[str, Any]) -> None:
        """One verb, on the model and on the product; both must come to the same."""
        self.stage.later(ODD)
        wrong = self.model.act(verb, self.stage.now, by, given)
        said = self.told(given)
        told = self.stage.act(verb, by=by, **said)
        if wrong:
            assert told.code in wrong, (verb, said, f"expected {wrong}", told)
        else:
            assert told.code == "", (verb, said, "expected to be done", told)
            if self.model.new is not None:
                self.model.new.key = told.value["key"]
        self.compare()

    def meant(self, value: Any) -> Any:
        """A value that was drawn as the model is told it."""
        match value:
            case Place(number):
                return self.estate.keys[number]
            case Pick(kind, number):
                return self.pick(kind, number)
            case Window(begins, ends):
                now = self.stage.now
                return now + timedelta(hours=begins), now + timedelta(hours=ends)
            case list():
                return [self.meant(each) for each in value]
            case tuple():
                return tuple(self.meant(each) for each in value)
        return value

    def told(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The same as the product is told it: records by their keys."""
        return {name: named(each) for name, each in given.items()}

    def pick(self, kind: str, number: int) -> Any:
        """One of the records that go on, or the last that is over; None where there are none."""
        live = self.model.live(kind)
        over = [each for each in self.model.records[kind] if each.status in self.model.OVER]
        there = [*live, *over[-1:]]
        return there[number % len(there)] if there else None

    def compare(self) -> None:
        """What is in the graph is what the model says."""
        found, expected = self.found(), self.expected()
        for key in sorted(found.keys() | expected.keys()):
            have, want = found.get(key) or {}, expected.get(key) or {}
            names = [name for name in {**want, **have} if want.get(name) != have.get(name)]
            differs = {name: (want.get(name), have.get(name)) for name in names}
            assert not differs, f"{key}: (model, product) {differs}"
        levels = self.model.levels()
        assert self.stage.levels(self.estate) == levels, f"the model says {levels}"

    def keys(self, kind: str) -> list[str]:
        return [each.key for each in self.model.records[kind]]

    @abstractmethod
    def found(self) -> dict[str, dict[str, Any]]:
        """What the graph says of the run's records, by key."""

    @abstractmethod
    def expected(self) -> dict[str, dict[str, Any]]:
        """What the model says of them."""


def moment(at: datetime | None) -> str | None:
    """A moment of a model as records keep it."""
    return None if at is None else text_of(at)


def named(value: Any) -> Any:
    """A value of a model as the product is told it."""
    if isinstance(value, Kept):
        return value.key
    if isinstance(value, datetime):
        return text_of(value)
    return [named(each) for each in value] if isinstance(value, list) else value
