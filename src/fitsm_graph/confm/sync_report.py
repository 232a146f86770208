"""What a sync run tells: counts, problems, what it would retire, and what each chunk cost."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fitsm_graph.kernel.errors import Problem

NOTICES = frozenset(
    {
        "SECRET_DROPPED",
        "SHARED_IDENTIFIER",
        "REPEATED_KEY",
        "NOT_COMPLETE",
        "COMES_LATE",
        "PARKED_FULL",
        "MODEL_SKIPPED",
        "ROLE_UNKNOWN",
        "SOURCE_ASSUMED",
    }
)
"""Codes of what is said about a row that went in all the same."""

Progress = Callable[[str, int], None]
"""Told the phase, elements or relations, and how many rows of it are done."""


def silent(_phase: str, _rows: int) -> None:
    """Tell nobody."""


def unwatched() -> None:
    """Nobody waits for it."""


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """One line of a plan.

    Attributes:
        op: create, update, relate, change_relation or unrelate.
        key: Key of the element, or of the relation's source.
        what: Type of the element, or of the relation.
        detail: Names of the fields that change, or the key of the relation's target.
        fields: Name, value now and value afterwards of each of them.
    """

    op: str
    key: str
    what: str
    detail: str = ""
    fields: tuple[tuple[str, Any, Any], ...] = ()

    def sentence(self) -> str:
        """Say it in one line."""
        fields = ", ".join(f"{name}: {old!r} → {new!r}" for name, old, new in self.fields)
        return " ".join(filter(None, (self.op, self.what, fields or self.detail)))


@dataclass(frozen=True, slots=True)
class WorseService:
    """A service that would be worse off, and why.

    Attributes:
        because: One sentence of the proof for each step, from the service down.
    """

    key: str
    name: str
    before: str
    after: str
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Blast:
    """What retiring some elements would do.

    Attributes:
        seq: Ledger entry it was computed at.
        affected: Elements that would be worse off.
    """

    seq: int
    affected: int
    services: tuple[WorseService, ...] = ()


@dataclass(frozen=True, slots=True)
class Retirement:
    """An element that the source no longer has; retiring it is proposed, never done here.

    Attributes:
        version: Its version, so that a plan notices when it was changed.
        blast: What retiring it alone would do; None where that was not looked at.
    """

    key: str
    type: str
    name: str
    id: str = ""
    version: int = 0
    blast: Blast | None = None


@dataclass(frozen=True, slots=True)
class Loss:
    """How much of a type a source no longer has."""

    type: str
    missing: int
    known: int

    @property
    def is_too_much(self) -> bool:
        """More than a tenth and more than three, or half of it."""
        most = self.missing > 3 and 10 * self.missing > self.known
        return most or 2 * self.missing >= self.known


@dataclass(frozen=True, slots=True)
class ChunkCost:
    """What one chunk was and took.

    Attributes:
        statements: Sent to the database in its transaction.
        seconds: From the turn to write until the commit.
        seq: Ledger entry; None where it changed nothing.
    """

    phase: str
    rows: int
    statements: int
    seconds: float
    seq: int | None


@dataclass(slots=True, kw_only=True)
class SyncReport:
    """The outcome of a run, or of a plan.

    Attributes:
        run: Key of the run; empty for a plan.
        plan: Names the graph's state and the input; `sync(plan=…)` refuses any others.
        status: planned, completed, held, or refused (atomic, with problems).
        complete: Every row of the snapshot could be read, so that absence means something.
        losses: How much of each type is missing, where anything is.
        hold: Names what a held run would propose; `approve_run` is given it.
        blast: What retiring all that is proposed would do together.
        counts: By word: read, created, updated, unchanged, rejected, relations_created …
        problems: What keeps rows or relations out, each with place and remedy.
        notices: What is said of rows that went in.
        retirements: Proposed; what a complete snapshot no longer has.
        changes: Every change, for a plan only.
        results: What became of each row by its place, where that is asked for.
    """

    source: str
    scope: str
    mode: str
    run: str = ""
    plan: str = ""
    status: str = "planned"
    complete: bool = True
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    notices: list[Problem] = field(default_factory=list)
    retirements: list[Retirement] = field(default_factory=list)
    changes: list[PlannedChange] = field(default_factory=list)
    chunks: list[ChunkCost] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    hold: str = ""
    blast: Blast | None = None
    results: dict[str, str] | None = None

    @property
    def seqs(self) -> list[int]:
        """Numbers of the ledger entries the run made, in order."""
        return [each.seq for each in self.chunks if each.seq is not None]

    @property
    def changed(self) -> bool:
        """Whether the run changed anything, or the plan would."""
        words = ("created", "updated", "relations_created", "relations_changed", "relations_ended")
        return any(self.counts[word] for word in words) or bool(self.retirements)

    def result(self, place: str, word: str) -> None:
        """Note what became of a row, where that is asked for."""
        if self.results is not None:
            self.results[place] = word

    def say(self, problem: Problem) -> None:
        """Put a problem where it belongs."""
        (self.notices if problem.code in NOTICES else self.problems).append(problem)
