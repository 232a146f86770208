"""Releases, waves and changes as the model has them, with what deployment takes (PR13)."""

from dataclasses import dataclass, field
from datetime import datetime

from graph.machines.change_records import person
from graph.machines.machine import Kept

__all__ = [
    "BEGUN", "CRITERIA", "FAILURES", "LEVELS", "REVIEW_WITHIN", "WATCH",
    "Change", "Release", "Telling", "Wave", "person",
]  # fmt: skip
LEVELS = ("up", "at_risk", "degraded", "down")
PREPARED = ("registered", "planned", "built", "accepted")
BEGUN = ("deploying", "failed", "deployed")
CRITERIA = {
    "minor": ("functional", "back-out"),
    "major": ("functional", "integration", "back-out", "people-told"),
    "emergency": ("what-matters", "back-out"),
}
FAILURES = {"minor": 1, "major": 0, "emergency": 0}
WATCH = {"minor": 7, "major": 14, "emergency": 7}
REVIEW_WITHIN = {"minor": 14, "major": 10, "emergency": 5}


@dataclass(eq=False)
class Release(Kept):
    """A release as the model has it.

    Attributes:
        tests: Whether the latest tests of a build and kind passed.
        waived: The build for which a criterion need not be met.
    """

    requester: str
    urgent: bool
    type: str = ""
    override: str = ""
    status: str = "registered"
    planned: tuple[datetime, datetime] | None = None
    build: str = ""
    tests: dict[tuple[str, str], bool] = field(default_factory=dict)
    results: int = 0
    waived: dict[str, str] = field(default_factory=dict)
    accepted_at: datetime | None = None
    begun_at: datetime | None = None
    deployers: set[str] = field(default_factory=set)
    failures: int = 0
    outcome: str | None = None
    deployed_at: datetime | None = None
    watched_until: datetime | None = None
    review_due: datetime | None = None
    closed_at: datetime | None = None


@dataclass(eq=False)
class Wave(Kept):
    of: Release
    number: int
    hits: dict[str, str]
    status: str = "planned"
    back_out: tuple[str, bool] | None = None
    deployer: str = ""
    attempts: int = 0


@dataclass(eq=False)
class Change(Kept):
    """An approved change, as far as releases look at it; `until` its approval holds."""

    hits: dict[str, str]
    until: datetime
    status: str = "approved"
    releases: list[Release] = field(default_factory=list)
    planned: tuple[datetime, datetime] | None = None
    outcome: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(eq=False)
class Telling(Kept):
    of: Release
    status: str = "planned"


WAYS: dict[str, dict[str, str]] = {
    "include": {"registered": "registered", "planned": "registered"},
    "exclude": dict.fromkeys(PREPARED, "registered"),
    "classify": dict.fromkeys(PREPARED, "registered"),
    "plan": dict.fromkeys(PREPARED, "planned"),
    "build": {"planned": "built", "built": "built"},
    "accept": {"built": "accepted"},
    "begin": {"accepted": "deploying", "deploying": "deploying"},
    "complete": {"deploying": "deployed"},
    "fail": {"deploying": "failed"},
    "back_out": {"deploying": "backed_out", "failed": "backed_out"},
    "review": dict.fromkeys(("deployed", "failed", "backed_out"), "reviewed"),
    "close": {"reviewed": "closed"},
    "cancel": dict.fromkeys(PREPARED, "cancelled"),
}

STAYS: dict[str, tuple[str, ...]] = {
    "describe": PREPARED[:3],
    "schedule": PREPARED,
    "test": ("built", "deploying"),
    "evaluate": ("planned", "built"),
    "waive": ("built",),
    "plan_back_out": ("planned", "built", "accepted", "deploying"),
    "tell": (*PREPARED, "deploying", "deployed", "failed", "backed_out", "reviewed"),
}

WAVES: dict[str, tuple[str, ...]] = {
    "plan_back_out": ("planned", "failed"),
    "begin": ("planned", "failed"),
    "complete": ("deploying",),
    "fail": ("deploying",),
    "back_out": BEGUN,
    "review": ("deployed", "failed", "backed_out"),
}
