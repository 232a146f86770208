"""Carries acts out: asks for verbs over the API as people of the story, and drives the clock."""

import heapq
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from graphql import GraphQLSchema, get_named_type, get_nullable_type, is_object_type

from fitsm_graph.api.asked import Asked
from fitsm_graph.bootstrap import Product
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.kernel.errors import Broken, Refused
from fitsm_graph.model.principal import Principal
from fitsm_graph.sms.accounts import account_principal
from fitsm_graph.story.clock import StoryClock

VIA = "story"
"""The way in of what the story does, for the ledger."""
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
STEP = timedelta(seconds=20)
"""How long somebody takes from one verb to the next."""
TENDED = ("escalate", "sweep", "measure", "documents", "trends")
"""What the scheduler does meanwhile. Messages are not sent: they would be of the past."""
Work = Callable[[], Awaitable[None]]


@dataclass(order=True, slots=True)
class _Later:
    """Something that happens at a moment; what was said first happens first."""

    at: datetime
    number: int
    act: str = field(compare=False)
    work: Work = field(compare=False)


class Teller:
    """Does what acts say.

    Args:
        product: On a graph of which nothing else is younger than the clock.
        clock: The product's, driven here.
        begins: Midnight of the first day.
        done_until: Newest moment in the ledger before this begins: until then it was told.

    Attributes:
        keys: Keys of records by what acts call them.
        verbs: How many verbs were asked for.
        act: What is being told, which the ledger keeps as the reason of each entry.
    """

    def __init__(
        self, product: Product, clock: StoryClock, begins: datetime, *, done_until: str = ""
    ) -> None:
        self.product, self.clock, self.begins = product, clock, begins
        self.keys: dict[str, str] = {}
        self.verbs = 0
        self.act = ""
        self._done_until = done_until
        self._agenda: list[_Later] = []
        self._said = 0
        self._people: dict[str, Principal] = {}

    # --- time ------------------------------------------------------------------------------

    def at(self, day: int, time: str) -> datetime:
        """A moment of the story.

        Args:
            day: From 0 on; it is a Monday.
            time: As 09:30.
        """
        return moment_of(self.begins, day, time)

    def moment(self, day: int, time: str = "00:00") -> str:
        """The same, as the API takes it."""
        return to_text(self.at(day, time))

    async def to(self, day: int, time: str) -> None:
        """Let time pass until a moment, and what is to happen until then happen."""
        await self.until(self.at(day, time))

    async def passes(self, **span: float) -> None:
        """Let time pass; given as to `timedelta`."""
        await self.until(self.clock.now() + timedelta(**span))

    async def until(self, moment: datetime) -> None:
        """Let time pass until a moment, and what is to happen until then happen."""
        while self._agenda and self._agenda[0].at <= moment:
            each = heapq.heappop(self._agenda)
            self.clock.to(each.at)
            told, self.act = self.act, each.act
            await each.work()
            self.act = told
        self.clock.to(moment)

    def later(self, at: datetime, work: Work) -> None:
        """Let something happen at a moment, as a part of what is being told now."""
        self._said += 1
        heapq.heappush(self._agenda, _Later(at, self._said, self.act, work))

    def tended(self, at: datetime, every: timedelta, until: datetime) -> None:
        """Let the scheduler run now and again; the story cannot wait for each of its seconds."""

        async def tick() -> None:
            await self.tend()
            if at + every <= until:
                self.tended(at + every, every, until)

        self.later(at, tick)

    async def tend(self) -> None:
        """Let the scheduler do what is due now."""
        head, now = await self.product.graph.head(), to_text(self.clock.now())
        if head.at > max(now, self._done_until):
            raise _meanwhile(head.at)
        if now <= self._done_until:  # it was done before the story was broken off
            return
        for name in TENDED:
            await self.product.scheduler.run(name)

    # --- verbs -----------------------------------------------------------------------------

    async def do(self, verb: str, by: str, /, **given: Any) -> str:
        """Let somebody do something; the key of its record.

        Args:
            verb: Name of a mutation, such as registerIncident.
            by: Login of who does it.
            given: What the mutation is given.

        Raises:
            Refused: STORY_BROKEN_OFF: the product refuses it, because the graph is not as the
                story would have it.
        """
        self.clock.to(self.clock.now() + STEP)
        self.verbs += 1
        asked = {
            "input": {"reason": self.act, **given},
            "key": f"{VIA}/{self.verbs}",
        }
        text, record = _mutation(self.product.api.editions.current.pipeline.schema, verb)
        answer = await self.product.api.answer(Asked(text, asked), await self._who(by), VIA)
        if answer.errors or answer.data is None:
            raise _stuck(verb, by, given, answer.errors[0] if answer.errors else {})
        payload = answer.data["done"]
        if not payload["ok"]:
            raise _stuck(verb, by, given, payload["errors"][0])
        if verb in _ABOUT_PEOPLE:
            self._people.clear()
        return str((payload.get(record) or {}).get("key") or "")

    async def ask(self, question: str, /, **given: Any) -> Any:
        """Ask something as the administrator of this machine."""
        answer = await self.product.ask(question, given)
        if answer.get("errors"):
            raise _stuck("a question", "system", given, answer["errors"][0])
        return answer["data"]

    async def _who(self, login: str) -> Principal:
        if login not in self._people:
            found = await account_principal(self.product.graph, login)
            if found is None:
                raise _stuck("sign in", login, {}, {"message": f"nobody is called {login}"})
            self._people[login] = found
        return self._people[login]


_ABOUT_PEOPLE = frozenset({"assignRole", "endRole", "joinGroup", "leaveGroup", "approvePolicy"})
"""After these somebody may be somebody else."""


def moment_of(begins: datetime, day: int, time: str) -> datetime:
    """A moment of a story that begins at a midnight.

    >>> moment_of(datetime(2026, 8, 24), 13, "02:08")
    datetime.datetime(2026, 9, 6, 2, 8)
    """
    hours, minutes = map(int, time.split(":"))
    return begins + timedelta(days=day, hours=hours, minutes=minutes)


def hit(*elements: str) -> list[dict[str, str]]:
    """Elements with their effects, as `sto-a=degraded`; down where none is named."""
    pairs = (each.partition("=") for each in elements)
    return [{"element": key, "effect": (effect or "down").upper()} for key, _, effect in pairs]


@cache
def _mutation(schema: GraphQLSchema, verb: str) -> tuple[str, str]:
    """The document of a mutation, and the field of its payload that the record is in."""
    root = schema.mutation_type
    found = root.fields.get(verb) if root is not None else None
    if found is None:
        raise Broken(f"there is no mutation {verb}", why="an act names it")
    input = found.args["input"].type
    payload: Any = get_named_type(found.type)
    record = next(
        (
            name
            for name, each in payload.fields.items()
            if is_object_type(one := get_nullable_type(each.type)) and "key" in _fields(one)
        ),
        "",
    )
    shown = f" {record} {{ key }}" if record else ""
    text = (
        f"mutation Told($input: {input}, $key: String!) {{ done: {verb}(input: $input,"
        f" idempotencyKey: $key) {{ ok errors {{ code message why }}{shown} }} }}"
    )
    return text, record


def _fields(type: Any) -> Mapping[str, Any]:
    fields: Mapping[str, Any] = type.fields
    return fields


def _stuck(verb: str, by: str, given: Mapping[str, Any], error: Mapping[str, Any]) -> Refused:
    said = ", ".join(filter(None, (str(error.get(each) or "") for each in ("message", "why"))))
    about = ", ".join(f"{name} {value}" for name, value in list(given.items())[:2])
    return Refused(
        f"the story is broken off at {verb} by {by} ({about})",
        code="STORY_BROKEN_OFF",
        why=said or "there was no answer",
        remedy="try it on an empty database; the demo does without it with --no-story",
    )


def _meanwhile(at: str) -> Refused:
    return Refused(
        "somebody else has written while the story was told",
        code="STORY_BROKEN_OFF",
        why=f"the ledger stands at {at}, and does not go back in time",
        remedy="what is there can be used; for the whole story begin with an empty database",
    )
