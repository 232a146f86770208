"""A log of a service desk as real ones look, and what it comes to, replayed without the product.

Its shape is that of the incident log which Rabobank gave to the BPI Challenge of 2014, as measured
from 35,208 of its incidents: one element in a hundred has half of them, one in twenty four fifths.
How long incidents live is spread over four orders of magnitude. Ten thousand of them have sixty
thousand events.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

DAY = 86_400.0
DAYS = 90
TIERS = ((0.01, 0.51), (0.05, 0.31), (1.0, 0.18))
"""So much of the elements, counted from the first, and the share of incidents of each tier."""
GROUPS = tuple(f"desk-{number}" for number in range(12))
HANDOVERS = 0.03
"""Share of incidents that a problem, or a change, is raised from."""
OVER = frozenset({"close"})


@dataclass(frozen=True, slots=True)
class Event:
    """Something that somebody did about an incident.

    Attributes:
        at: Seconds since the log begins.
        incident: Its number in the log.
        act: Last word of the verb; `register`, `problem` and `change` stand for themselves.
        given: A word that goes with it: a group, an element, a reason.
    """

    at: float
    incident: int
    act: str
    given: str = ""


def log_of(incidents: int, events: int, elements: Sequence[str], seed: int = 2014) -> list[Event]:
    """Events in the order of time, exactly as many as asked for.

    Args:
        incidents: How many there are.
        events: How many there are in all; comments fill up what is missing.
        elements: Ids of what incidents can affect.
        seed: Of all that is random.
    """
    chance = random.Random(seed)
    shuffled = list(elements)
    chance.shuffle(shuffled)
    lives = [list(_life(chance, number, shuffled)) for number in range(incidents)]
    missing = events - sum(map(len, lives))
    if missing < 0:
        raise ValueError(f"{incidents} incidents have {-missing} events more than {events}")
    for _ in range(missing):
        life = chance.choice(lives)
        place = chance.randrange(1, len(life) + 1)
        last = life[place].at if place < len(life) else life[place - 1].at + 60
        when = (life[place - 1].at + last) / 2
        life.insert(place, Event(when, life[0].incident, "comment", f"note {chance.random()}"))
    return sorted((event for life in lives for event in life), key=lambda event: event.at)


def _life(chance: random.Random, number: int, elements: Sequence[str]) -> Iterator[Event]:
    """What is done about one incident, first to last."""
    at = chance.uniform(0, DAYS * DAY)
    yield Event(at, number, "register", _element(chance, elements))
    span = chance.lognormvariate(9.6, 1.6)
    steps = list(_steps(chance))
    for step, given in steps:
        at += span / len(steps) * chance.uniform(0.4, 1.6)
        yield Event(at, number, step, given)


def _element(chance: random.Random, elements: Sequence[str]) -> str:
    (share,) = chance.choices([each for each, _ in TIERS], [each for _, each in TIERS])
    return elements[chance.randrange(max(1, int(len(elements) * share)))]


def _steps(chance: random.Random) -> Iterator[tuple[str, str]]:
    """Acts of a life after its registration; two in a hundred are not over."""
    if chance.random() < 0.85:
        yield "assign", chance.choice(GROUPS)
    yield "begin", ""
    if chance.random() < 0.25:
        yield "wait", chance.choice(("user", "supplier", "change", "other"))
        yield "resume", ""
    if chance.random() < 0.15:
        yield "escalate", chance.choice(GROUPS)
    if chance.random() < HANDOVERS:
        yield chance.choice(("problem", "change")), ""
    if chance.random() < 0.02:
        return
    yield "resolve", f"mended {chance.random()}"
    if chance.random() < 0.05:
        yield "reopen", "it is there again"
        yield "resolve", f"mended for good {chance.random()}"
    yield "close", ""


@dataclass(slots=True)
class Told:
    """An incident as the log leaves it.

    Attributes:
        resolved_by: Number of the event that resolved it last; None where none did.
        closed_by: Likewise.
    """

    element: str
    status: str = "registered"
    owner: str | None = None
    waiting_for: str | None = None
    resolution: str | None = None
    reopened: int = 0
    escalations: int = 0
    comments: Counter[str] = field(default_factory=Counter)
    problems: int = 0
    changes: int = 0
    resolved_by: int | None = None
    closed_by: int | None = None


def replayed(events: Sequence[Event]) -> dict[int, Told]:
    """What the log comes to: every incident after its last event, by its number.

    Written from the specification (processes.md, PR9), and shares no code with the product.
    """
    told: dict[int, Told] = {}
    for number, event in enumerate(events):
        if event.act == "register":
            told[event.incident] = Told(event.given)
        else:
            _after(told[event.incident], event, number)
    return told


def _after(told: Told, event: Event, number: int) -> None:
    match event.act:
        case "assign" | "escalate":
            told.owner = event.given
            told.escalations += event.act == "escalate"
        case "begin" | "resume":
            told.status, told.waiting_for = "in_progress", None
        case "wait":
            told.status, told.waiting_for = "waiting", event.given
        case "comment":
            told.comments[event.given] += 1
        case "problem":
            told.problems += 1
        case "change":
            told.changes += 1
        case "resolve":
            told.status, told.resolution, told.resolved_by = "resolved", event.given, number
        case "reopen":
            told.status, told.resolved_by = "in_progress", None
            told.reopened += 1
        case "close":
            told.status, told.closed_by = "closed", number
        case other:
            raise AssertionError(other)
