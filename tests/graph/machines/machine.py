"""What the machines of all kinds share: a verb goes to the model and to the product alike.

The model answers with the codes of all rules that forbid the verb; none: it has done it. The
product has to refuse with one of these and write nothing, or to do the same as the model.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from graph.machines.stage import Estate, Stage, text_of

ODD = timedelta(seconds=7, microseconds=11)
"""Added to each step in time, so that no moment is the very end of a time that was given."""
SPANS = st.sampled_from([timedelta(0), timedelta(minutes=7), timedelta(hours=3), timedelta(days=2),
                         timedelta(days=8), timedelta(days=15)])  # fmt: skip
REF = st.integers(0, 3)
"""One of the records that there are, in the order they were registered."""


class Kept:
    """A record of a model.

    Attributes:
        key: As the product calls it.
    """

    key: str = ""
    status: str = ""


class Model:
    """Rules of a process, and what there is by them.

    Attributes:
        new: The record that the last verb made.
        records: By kind, as verbs name them, in the order of registration.
    """

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self.new: Kept | None = None
        self.records: dict[str, list[Any]] = {}

    def act(self, verb: str, at: datetime, by: str, given: dict[str, Any]) -> set[str]:
        """Do what a verb does, or say by which rules it is forbidden."""
        self.new, self.at, self.by = None, at, by
        does: Callable[..., Iterable[str] | None] = getattr(self, verb.replace(".", "_"))
        return set(does(**given) or ())

    def add(self, kind: str, record: Any) -> None:
        self.new = record
        self.records.setdefault(kind, []).append(record)

    def levels(self) -> dict[str, str]:
        """States of the elements."""
        raise NotImplementedError


class Machine(RuleBasedStateMachine):
    """Verbs in any order, with the clock moved between."""

    stage: ClassVar[Stage]
    model_of: ClassVar[type[Model]]

    def __init__(self) -> None:
        super().__init__()
        self.stage.later(ODD)
        self.estate = self.stage.estate()
        self.model = self.model_of(self.estate)

    @rule(span=SPANS)
    def wait(self, span: timedelta) -> None:
        self.stage.later(span)

    def step(self, verb: str, by: str = "tester", **given: Any) -> None:
        """One verb, on the model and on the product; both must come to the same."""
        self.stage.later(ODD)
        wrong = self.model.act(verb, self.stage.now, by, given)
        said = {name: self.named(each) for name, each in given.items()}
        told = self.stage.act(verb, by=by, **said)
        if wrong:
            assert told.code in wrong, (verb, said, f"expected {wrong}", told)
        else:
            assert told.code == "", (verb, said, "expected to be done", told)
            if self.model.new is not None:
                self.model.new.key = told.value["key"]
        self.compare()

    def named(self, value: Any) -> Any:
        """A value as the product is told it: records by their keys."""
        if isinstance(value, Kept):
            return value.key
        if isinstance(value, list):
            return [self.named(each) for each in value]
        return value

    def pick(self, kind: str, number: int) -> Any:
        """One of the records of a kind; None where there are none."""
        there = self.model.records.get(kind, [])
        return there[number % len(there)] if there else None

    def compare(self) -> None:
        """What is in the graph is what the model says."""
        found, expected = self.found(), self.expected()
        for key in sorted(found.keys() | expected.keys()):
            have, want = found.get(key), expected.get(key)
            if have != want:
                differs = {
                    name: (want.get(name), have.get(name))
                    for name in {**(want or {}), **(have or {})}
                    if (want or {}).get(name) != (have or {}).get(name)
                } if have and want else (want, have)  # fmt: skip
                raise AssertionError(f"{key}: (model, product) {differs}")
        levels = self.model.levels()
        assert self.stage.levels(self.estate) == levels, f"the model says {levels}"

    def found(self) -> dict[str, dict[str, Any]]:
        """What the graph says of the run's records, by key."""
        raise NotImplementedError

    def expected(self) -> dict[str, dict[str, Any]]:
        """What the model says of them."""
        raise NotImplementedError


def moment(at: datetime | None) -> str | None:
    """A moment of a model as records keep it."""
    return None if at is None else text_of(at)


def acts(verb: str, kind: str = "", ref: str = "ref", **given: Any) -> Any:
    """A rule that uses a verb on one of the records of a kind.

    Args:
        verb: Its name.
        kind: Of the record; empty: the verb names none.
        ref: What the verb calls it.
        given: Strategies of the other arguments; `by` is who acts.
    """

    def use(self: Machine, number: int = 0, **drawn: Any) -> None:
        if kind:
            record = self.pick(kind, number)
            if record is None:
                return
            drawn[ref] = record
        self.step(verb, **drawn)

    use.__name__ = verb.replace(".", "_")
    return rule(**({"number": REF} if kind else {}), **given)(use)
