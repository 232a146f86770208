"""The schedule of changes as a message, to those whose services are reached (PR12.6).

    schedule-digest/default:
      every: week
      weekday: mon
      at: "07:30"
      zone: Europe/Lisbon
      ahead: P14D
      to: [service_owner, watchers, stakeholders]

Stakeholders are who answers for those that speak for a customer who receives the service. Everybody
is told of their own services; who has none that is reached is told nothing. The id of a message
follows from policy, time and person: whatever is killed in between, each comes once.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fitsm_graph.flow.digests import digest_id, seq_at
from fitsm_graph.flow.notices import Channel
from fitsm_graph.flow.outbox import WAITING
from fitsm_graph.flow.policies import Policies, PolicyKind
from fitsm_graph.flow.reading import Reader
from fitsm_graph.flow.rhythm import FIELDS, Rhythm, read_rhythm
from fitsm_graph.flow.scheduler import Job, Turn, Went
from fitsm_graph.graph.graph import Graph
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.text import first_of, plural
from fitsm_graph.model.disturbance import Effect

SCHEDULE_DIGEST = "schedule-digest"
TO = ("service_owner", "watchers", "stakeholders")
EVERY = timedelta(minutes=1)
KEPT = timedelta(hours=1)
"""How old what is kept of the job may be while nothing is due: a new rule is not sent late."""
MOST = 100
"""Pieces of work that a message names; it says how many more there are."""
_SERVICES = 10
_FURTHEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of a schedule is dealt with at once.

    Attributes:
        work: Pieces of work that are looked at, the earliest first; a message says where there
            are more.
        portion: Messages that are made and kept at once.
    """

    work: int = 2_000
    portion: int = 200


SIZES = Sizes()


@dataclass(frozen=True, slots=True)
class ScheduleDigest:
    """When the schedule is sent, how far it looks ahead, and to whom.

    Attributes:
        to: Words of whom, by what they are to a service that is reached.
    """

    rhythm: Rhythm
    ahead: timedelta
    to: tuple[str, ...]


def parse_digest(_name: str, document: Any, read: Reader) -> ScheduleDigest | None:
    """Read when the schedule is sent."""
    needed = ("every", "at", "zone", "ahead", "to")
    given = read.fields(document, (), (*FIELDS, "ahead", "to"), needed)
    rhythm, ahead = read_rhythm(given, (), read), read.span(given.get("ahead"), ("ahead",))
    to = read.some_of(given.get("to"), ("to",), TO, "recipients")
    if ahead is not None and ahead > _FURTHEST:
        read.wrong("POLICY_VALUE", ("ahead",), "it is more than a year", "a year at most")
    return ScheduleDigest(rhythm, ahead, to) if rhythm and ahead else None


KIND = PolicyKind(
    SCHEDULE_DIGEST,
    "When the schedule of changes is sent, how far ahead, and to whom.",
    "PR12.6",
    parse_digest,
)


def telling(
    graph: Graph,
    policies: Callable[[], Awaitable[Policies]],
    reaches: Callable[[], Awaitable[Reaches]],
    sizes: Sizes = SIZES,
) -> Job:
    """The job that sends the schedule when it is time; what was missed long ago is not sent."""

    async def run(turn: Turn) -> Went:
        since, now, made = turn.cursor or to_text(turn.now), to_text(turn.now), 0
        rules = [each for each in await policies() if each.kind == SCHEDULE_DIGEST]
        moments = [(each, to_text(each.value.rhythm.until(turn.now))) for each in rules]
        due = [(each, moment) for each, moment in moments if moment > since]
        for each, moment in due:
            sending = _Sending(graph, each.name, each.value, moment, turn.now, sizes)
            made += await sending.told(await reaches())
        said = f"{plural(made, 'schedule')} sent" if made else ""
        return Went(said, now if due or turn.now - from_text(since) > KEPT else since)

    return Job("schedule", EVERY, run, "Sends the schedule of changes to whom it concerns.")


@dataclass(frozen=True, slots=True)
class _Sending:
    """One time that a schedule is sent by a rule."""

    graph: Graph
    name: str
    rule: ScheduleDigest
    due: str
    now: datetime
    sizes: Sizes

    async def told(self, reaching: Reaches) -> int:
        """Make the messages; return how many are new.

        What takes long for many is done beside the server's own work, and kept in portions.
        """
        until, most = to_text(from_text(self.due) + self.rule.ahead), self.sizes.work
        asked = {"since": self.due, "until": until, "limit": most + 1}
        work = await self.graph.rows("chm.planned_between", **asked)
        plan = await asyncio.to_thread(_planned, reaching, work, until, most)
        if not plan.by_service:
            return 0
        asked = {"ids": sorted(plan.by_service), "to": list(self.rule.to), "at": self.due}
        people = await self.graph.rows("chm.people_of_services", **asked)
        seq, made = await seq_at(self.graph, self.due), 0
        for start in range(0, len(people), self.sizes.portion):
            part = people[start : start + self.sizes.portion]
            said = await asyncio.to_thread(plan.messages, part)
            messages = [self._message(seq, *each) for each in zip(part, said, strict=True)]
            kept = await self.graph.keep("flow.keep_deliveries", deliveries=messages)
            made += int(kept[0]["made"])
        return made

    def _message(self, seq: int, to: Mapping[str, Any], text: Mapping[str, Any]) -> dict[str, Any]:
        at = to_text(self.now)
        return {
            "id": digest_id(seq, SCHEDULE_DIGEST, self.name, to["person"], self.due),
            "key": f"{SCHEDULE_DIGEST}/{self.name}", "seq": seq, "person": to["person"],
            "created_at": at, "next_at": at, **text,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Planned:
    """What is planned, and what it reaches.

    Attributes:
        work: Pieces of work in order.
        reached: Names of the services that each reaches, by id.
        by_service: Places of the work that reaches a service, by the service's id.
        until: How far ahead was looked.
        cut: There is more work than was looked at.
    """

    work: Sequence[Mapping[str, Any]]
    reached: Sequence[Mapping[str, str]]
    by_service: Mapping[str, Sequence[int]]
    until: str
    cut: bool

    def messages(self, people: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """What is said to each of some people."""
        return [self.message(each) for each in people]

    def message(self, person: Mapping[str, Any]) -> dict[str, Any]:
        """What is said to somebody, about the work that reaches their services."""
        own = set(person["services"])
        places = sorted({place for id in own for place in self.by_service.get(id, ())})
        lines = []
        for place in places[:MOST]:
            services = self.reached[place]
            lines.append(_line(self.work[place], [services[id] for id in services if id in own]))
        return _message(lines, len(places), self.until, len(self.work) if self.cut else 0)


def _planned(
    reaching: Reaches, found: Sequence[Mapping[str, Any]], until: str, most: int
) -> Planned:
    work = found[:most]
    reached = [_services(reaching, each["effects"]) for each in work]
    by_service: dict[str, list[int]] = defaultdict(list)
    for place, services in enumerate(reached):
        for id in services:
            by_service[id].append(place)
    return Planned(work, reached, by_service, until, len(found) > most)


def _services(reaching: Reaches, effects: Sequence[Sequence[str]]) -> dict[str, str]:
    """Names of the services that a piece of work reaches where nothing else is wrong, by id."""
    hit = {id: Effect(effect) for id, effect in effects}
    return {each.id: each.name or each.key for each in reaching.alone(hit).services} if hit else {}


def _line(work: Mapping[str, Any], services: Sequence[str]) -> str:
    record = work["record"]
    times = f"{_minute(work['starts'])} to {_minute(work['ends'])} UTC"
    return f"{times}: {record['key']} {record['title']} ({first_of(services, _SERVICES)})"


def _minute(moment: str) -> str:
    return moment[:16].replace("T", " ")


def _message(lines: Sequence[str], count: int, until: str, only: int) -> dict[str, Any]:
    """What is said, whoever it is said to; only: how much was looked at, where there is more."""
    more = count - len(lines)
    left = [f"and {plural(more, 'piece')} more; the schedule has them"] if more > 0 else []
    left += [f"only the first {only} pieces of work were looked at"] if only else []
    head = f"What is planned until {_minute(until)} UTC and reaches services of yours:"
    return {
        "channel": Channel.EMAIL.value,
        "status": WAITING,
        "attempts": 0,
        "record": "",
        "verb": "",
        "subject": f"Schedule of changes: {plural(count, 'piece')} of work",
        "body": "\n".join([head, "", *lines, *left, ""]),
    }
