"""Incidents and their reviews as the model has them, with the times that were agreed on (PR9)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from graph.machines.machine import Kept

OPEN = ("registered", "in_progress", "waiting")
OVER = ("closed", "rejected")
LEVELS = ("up", "at_risk", "degraded", "down")
MATRIX = {
    ("high", "high"): 1, ("high", "medium"): 2, ("high", "low"): 3,
    ("medium", "high"): 2, ("medium", "medium"): 3, ("medium", "low"): 4,
    ("low", "high"): 3, ("low", "medium"): 4, ("low", "low"): 4,
}  # fmt: skip
RESPONSE = {1: timedelta(minutes=15), 2: timedelta(minutes=30), 3: timedelta(hours=4),
            4: timedelta(days=1)}  # fmt: skip
RESOLUTION = {1: timedelta(hours=4), 2: timedelta(hours=8), 3: timedelta(days=3),
              4: timedelta(days=10)}  # fmt: skip
UPDATES = {1: timedelta(hours=1), 2: timedelta(hours=4), 3: timedelta(days=1),
           4: timedelta(days=3)}  # fmt: skip
CODES = ("fixed", "workaround", "gone", "no-fault-found", "duplicate", "user-advised", "supplier")
CATEGORIES = ("hardware", "power", "network")


@dataclass(eq=False)
class Review(Kept):
    of: "Incident"
    status: str = "open"
    findings: str = ""
    actions: list[str] = field(default_factory=list)
    closed_at: datetime | None = None


@dataclass(eq=False)
class Incident(Kept):
    """An incident as the model has it.

    Attributes:
        life: Moments from which on it was in a state.
        affects: Effects by key of the element.
        escalations: Direction, number of the step, and whether time made it due.
        override: Classes that a person decided on, impact and urgency.
    """

    begun: datetime
    affects: dict[str, str]
    life: list[tuple[datetime, str]]
    status: str = "registered"
    category: str = ""
    override: tuple[str, str] = ("", "")
    impact: str = ""
    urgency: str = ""
    priority: int = 0
    target: int = 0
    owner: str = ""
    level: int = 0
    escalations: list[tuple[str, int, bool]] = field(default_factory=list)
    comments: int = 0
    links: int = 0
    part_of: "Incident | None" = None
    waiting_for: str = ""
    resolution: str = ""
    code: str = ""
    caused_in: str = ""
    reopened: int = 0
    confirmed: bool = False
    told_at: datetime | None = None
    ends_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    major_since: datetime | None = None
    stood_down_at: datetime | None = None
    coordinator: str = ""
    response_due: datetime | None = None
    resolution_due: datetime | None = None
    update_due: datetime | None = None
    marks: list[str] = field(default_factory=list)

    def waits(self, at: int) -> bool:
        """Whether a step of a major incident waits for one before; the third waits for none."""
        return at != 2 and any(not self.marks[n] for n in range(at) if n != 2)

    def steps_shown(self) -> list[str]:
        return [
            mark or ("waiting" if self.waits(at) else "open") for at, mark in enumerate(self.marks)
        ]

    def drop_steps(self) -> None:
        """Nobody has to take what is open of them any more."""
        self.marks = [mark or "dropped" for mark in self.marks]

    @property
    def steps_open(self) -> bool:
        """Steps that have to be over before it is; the third need not be."""
        return any(not mark for at, mark in enumerate(self.marks) if at != 2)

    @property
    def major(self) -> bool:
        return self.major_since is not None and self.stood_down_at is None

    @property
    def in_effect(self) -> bool:
        return self.status in OPEN

    def used(self, at: datetime) -> timedelta:
        """Time in which the clock of its resolution ran."""
        ends = [moment for moment, _ in self.life[1:]] + [at]
        runs = (state in {"registered", "in_progress"} for _, state in self.life)
        pairs = zip(self.life, ends, runs, strict=True)
        return sum((end - begun for (begun, _), end, ran in pairs if ran), timedelta())

    def broken_at(self, within: timedelta, at: datetime) -> datetime | None:
        """When the time to resolve it was over, if it is."""
        left = within
        for (begun, state), end in zip(
            self.life, [moment for moment, _ in self.life[1:]] + [at], strict=True
        ):
            if state in {"registered", "in_progress"}:
                if end - begun >= left:
                    return begun + left
                left -= end - begun
        return None
