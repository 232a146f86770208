"""Changes, tasks and standard changes as the model has them, with what approval takes (PR12)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from graph.machines.machine import Kept

LEVELS = ("up", "at_risk", "degraded", "down")
BEFORE = ("registered", "returned", "assessed", "approved", "scheduled")
DONE = ("implemented", "backed_out")
PERSONS = {"bob2": "bob"}
"""Accounts that act for somebody whose login is another."""
HOLDS = {"bob": {"process_manager"}, "eve": {"cab_member"}}
APPROVERS: dict[str, tuple[set[str], int, timedelta | None]] = {
    "standard": (set(), 0, None),
    "normal": ({"process_manager"}, 1, timedelta(days=30)),
    "major": ({"process_manager", "service_owner", "cab_member"}, 2, timedelta(days=30)),
    "emergency": ({"process_manager", "service_owner"}, 1, timedelta(days=2)),
}
DUE = {
    ("standard", "failed"): 10, ("normal", "backed_out"): 10, ("normal", "failed"): 5,
    ("major", "successful"): 20, ("major", "partly_successful"): 10, ("major", "backed_out"): 5,
    ("major", "failed"): 5, ("emergency", "successful"): 5, ("emergency", "partly_successful"): 5,
    ("emergency", "backed_out"): 3, ("emergency", "failed"): 2,
}  # fmt: skip
Print = tuple[frozenset[tuple[str, str]], int]


def person(login: str) -> str:
    return PERSONS.get(login, login)


@dataclass(eq=False)
class Standard(Kept):
    """A change of the catalogue, which approves what follows it."""

    authors: set[str]
    back_out: str = ""
    status: str = "draft"
    used: int = 0
    failed: int = 0
    since: int = 0


@dataclass(eq=False)
class Task(Kept):
    of: "Change"
    status: str = "open"
    closed_at: datetime | None = None


@dataclass(eq=False)
class Variant(Kept):
    """Another way to carry a change out.

    Attributes:
        version: Number of its planned difference, which is its length too.
    """

    of: "Change"
    hits: dict[str, str]
    planned: tuple[datetime, datetime] | None
    version: int
    status: str = "proposed"
    compared: bool = False


@dataclass(frozen=True)
class Vote:
    voter: str
    roles: frozenset[str]
    on: Print
    at: datetime


@dataclass(eq=False)
class Change(Kept):
    """A change as the model has it.

    Attributes:
        items: Length of its planned difference, of which `carried` are in the graph.
        version: Number of that difference, so that another one of the same length is another.
        assessed: What it was when it was assessed last; None: it was not, or is covered by nothing.
        reviews: Whether each of its reviews was held.
    """

    requester: str
    hits: dict[str, str]
    type: str
    urgent: bool = False
    override: str = ""
    status: str = "registered"
    planned: tuple[datetime, datetime] | None = None
    follows: Standard | None = None
    items: int = 0
    carried: int = 0
    version: int = 0
    assessed: Print | None = None
    assessed_at: datetime | None = None
    votes: list[Vote] = field(default_factory=list)
    votes_cast: int = 0
    approved_at: datetime | None = None
    approved_until: datetime | None = None
    begun_by: str = ""
    done_by: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    outcome: str | None = None
    reviews: list[bool] = field(default_factory=list)
    review_due: datetime | None = None
    closed_at: datetime | None = None
    blamed: bool = False
    back_out: tuple[str, bool] | None = None
    comments: int = 0
    owner: str = ""

    @property
    def print(self) -> Print:
        return frozenset(self.hits.items()), self.version


WAYS: dict[str, dict[str, str]] = {
    "return": {"registered": "returned", "assessed": "returned"},
    "answer": {"returned": "registered"},
    "assess": dict.fromkeys(("registered", "assessed", "approved", "scheduled"), "assessed"),
    "approve": {"assessed": "approved"},
    "reject": dict.fromkeys(("registered", "assessed"), "rejected"),
    "choose": dict.fromkeys(("registered", "assessed"), "registered"),
    "schedule": dict.fromkeys(("approved", "scheduled"), "scheduled"),
    "begin": dict.fromkeys(("approved", "scheduled"), "implementing"),
    "complete": {"implementing": "implemented"},
    "back_out": {"implementing": "backed_out"},
    "review": dict.fromkeys(DONE, "reviewed"),
    "close": dict.fromkeys((*DONE, "reviewed"), "closed"),
    "cancel": dict.fromkeys((*BEFORE, "implementing"), "cancelled"),
}

STAYS: dict[str, tuple[str, ...]] = {
    "classify": ("registered", "assessed"),
    "describe": ("registered", "returned", "assessed"),
    "plan": BEFORE,
    "propose": ("registered", "returned", "assessed"),
    "compare": ("registered", "returned", "assessed"),
    "plan_back_out": (*BEFORE, "implementing"),
    "task": (*BEFORE, "implementing"),
    "apply": ("implementing", "implemented", "reviewed"),
    "set_aside": ("implemented", "reviewed"),
    "blame": ("implementing", *DONE, "reviewed"),
}
