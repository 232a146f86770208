"""A service desk on an estate of its own, and the time that passes there."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import holidays

from e2e.calling import Caller, calling, emptied
from fitsm_graph import bootstrap
from fitsm_graph.confm.service import assign_owner
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.clock import Clock, ManualClock, to_text
from fitsm_graph.model.declare import Process
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.sms import policies
from fitsm_graph.sms.roles import assign_role
from fitsm_graph.sms.service import register_party, tie

START = datetime(2026, 1, 2, 9, tzinfo=UTC)
YEARS = range(2026, 2046)
CLOSED = holidays.country_holidays("DE", years=YEARS)
BERLIN = ZoneInfo("Europe/Berlin")
SHOWN = """key status priority urgency targetPriority agreed respondedAt responseDueAt because
    resolutionDueAt resolvedAt closedAt endsAt waitingFor waitingReason closureCode cause reopened
    reopenReason confirmed similar causedIn { key } partOf { key } parts { key status }
    comments { text public } nextUpdateDueAt usersUpdatedAt escalationLevel owner { key }
    escalations { direction reason by step byRule vacant to { key } } majorCriteria majorSince
    coordinator { key } stoodDownAt majorReviews { key }"""
TOLD = f"{{ ok seq errors {{ code message path requirement }} incident {{ {SHOWN} }} }}"
CLOCKS = """query C($of: ID!, $at: DateTime) { serviceClocks(of: $of, at: $at) {
  name agreement within used left pace dueAt brokenAt metAt warnings { share at } } }"""
ELEMENT = "mutation E($i: RegisterElementInput!) { registerElement(input: $i) { ok } }"
TIE = "mutation T($i: RelateInput!) { relateElements(input: $i) { ok } }"
OFFICE = {
    "zone": "Europe/Berlin",
    "week": {"mon-fri": ["09:00-17:00"]},
    "holidays": {"country": "DE", "years": list(YEARS)},
}
GOLD = {
    "kind": "sla",
    "with": ["uni"],
    "availability": {"percent": 99.5, "per": "month"},
    "calendar": "berlin",
    "services": ["mail"],
    "priorities": {
        str(number): {"response": "PT1H", "resolution": f"PT{hours}H", "warnings": [0.5, 0.75]}
        for number, hours in ((1, 2), (2, 6), (3, 9), (4, 20))
    },
}
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PACES = {"registered": "runs", "in_progress": "runs", "waiting": "waits"}


def ordinary(day: date) -> bool:
    """A Tuesday with ordinary days around it."""
    return day.weekday() == 1 and not any(day + DAY * n in CLOSED for n in range(-4, 5))


def before_good_friday(day: date) -> bool:
    return "Good Friday" in CLOSED.get(day + DAY, "")


def before_the_leap(day: date) -> bool:
    """The Friday before clocks go forward."""
    return (day.month, day.weekday()) == (3, 4) and (day + DAY * 9).month == 4


class Desk:
    """Somebody at the service desk, and the time that passes there."""

    def __init__(self, caller: Caller, clock: ManualClock) -> None:
        self.caller, self.clock = caller, clock

    async def do(self, verb: str, **given: Any) -> Any:
        """Run a mutation on an incident, and answer with its payload."""
        name = f"{verb[0].upper()}{verb[1:]}Input"
        document = f"mutation A($i: {name}!) {{ {verb}(input: $i) {TOLD} }}"
        return (await self.caller.ask(document, i=given))[verb]

    async def done(self, verb: str, **given: Any) -> Any:
        told = await self.do(verb, **given)
        assert told["ok"], told
        return told["incident"]

    async def code(self, verb: str, **given: Any) -> str:
        told = await self.do(verb, **given)
        assert not told["ok"]
        return str(told["errors"][0]["code"])

    async def until(self, hour: int, fits: Callable[[date], bool]) -> datetime:
        """Let time pass until an hour in Berlin of the next day that fits.

        Tests come in any order, and the ledger does not go back in time.
        """
        day = self.clock.now().astimezone(BERLIN).date()
        while not fits(day := day + DAY):
            pass
        moment = datetime.combine(day, time(hour), BERLIN).astimezone(UTC)
        self.clock.set(moment)
        await self.sign_in()
        return moment

    async def sign_in(self) -> None:
        """Take a new token: the old one is over, after so much time."""
        made = await bootstrap.new_token(self.caller.product, "admin", 60, [])
        self.caller.token = made.secret

    async def new(self, element: str = "engine", effect: str = "DOWN") -> Any:
        hit = [{"element": element, "effect": effect}]
        return await self.done("registerIncident", title="trouble", affects=hit)

    async def emptied(self) -> None:
        """Resolve what is open: every test begins with nothing that is wrong."""
        await self.sign_in()
        found = await self.caller.ask("{ incidents(where: {open: true}) { nodes { key } } }")
        for each in found["incidents"]["nodes"]:
            await self.done("resolveIncident", ref=each["key"], resolution="over")

    async def clocks(self, key: str, at: datetime | None = None) -> dict[str, Any]:
        moment = to_text(at) if at else None
        found = (await self.caller.ask(CLOCKS, of=key, at=moment))["serviceClocks"]
        return {each["name"]: each for each in found}


async def people(caller: Caller) -> None:
    """Who answers for what, who holds which role, and who receives a service."""
    write, asked = caller.product.graph.write, Request(actor="test", via="test")
    for kind, keys in (
        ("Person", ("ada", "pia", "olga", "sam")),
        ("Group", ("developers", "first", "second")),
        ("Customer", ("uni",)),
    ):
        for key in keys:
            more = {"user_count": 900} if kind == "Customer" else {}
            await write(register_party, asked, kind, {"key": key, "name": key, **more})
    await write(tie, asked, "RECEIVES", "uni", "mail")
    for person, group in (("ada", "first"), ("pia", "second"), ("olga", "developers")):
        await write(tie, asked, "BELONGS_TO", person, group)
    await write(assign_owner, asked, "engine", "developers")
    await write(assign_role, asked, RoleWord.PROCESS_MANAGER, "pia", process=Process.ISRM)
    await write(assign_role, asked, RoleWord.SERVICE_OWNER, "olga", service="mail")
    await write(assign_role, asked, RoleWord.SMS_OWNER, "sam")
    seeds = {(each.kind, each.name): each.document for each in policies.from_files()}
    path = {**seeds["escalation-path", "default"], "lines": ["first", "second"]}
    await agreed(caller.product, "escalation-path", "default", path)


async def agreed(product: bootstrap.Product, kind: str, name: str, document: Any) -> None:
    """Draft a policy as one and approve it as another."""
    write, kinds = product.graph.write, bootstrap.KINDS
    one, other = (Request(actor=login, via="test") for login in ("one", "other"))
    made = (await write(policies.draft_policy, one, kinds, kind, name, document)).value
    await write(policies.approve_policy, other, kinds, made["key"])


@asynccontextmanager
async def opened(endpoint: Endpoint, folder: Path) -> AsyncIterator[Desk]:
    """A desk on an estate with agreements, roles and a customer."""
    await emptied(endpoint)
    clock = ManualClock(START)
    async with calling(endpoint, folder, clock=clock) as caller:
        for kind, key in (("Service", "mail"), ("Service", "wiki")):
            given = {"kind": kind, "key": key, "name": key, "criticality": 1}
            assert (await caller.ask(ELEMENT, i=given))["registerElement"]["ok"]
        for key in ("engine", "store"):
            given = {"kind": "CI", "type": "Application", "key": key, "name": key}
            assert (await caller.ask(ELEMENT, i=given))["registerElement"]["ok"]
        for source, target in (("mail", "engine"), ("wiki", "store")):
            tie = {"type": "DEPENDS_ON", "source": source, "target": target}
            assert (await caller.ask(TIE, i=tie))["relateElements"]["ok"]
        await people(caller)
        await agreed(caller.product, "service-calendar", "berlin", OFFICE)
        await agreed(caller.product, "targets", "gold", GOLD)
        desk = Desk(caller, clock)
        await desk.sign_in()
        yield desk


@asynccontextmanager
async def plain(
    endpoint: Endpoint, folder: Path, clock: Clock | None = None
) -> AsyncIterator[Caller]:
    """A service that needs an engine, somebody, and two incidents that nobody has classified."""
    await emptied(endpoint)
    async with calling(endpoint, folder, clock=clock) as caller:
        for given in (
            {"kind": "Service", "key": "mail", "name": "Mail", "criticality": 1},
            {"kind": "CI", "type": "Application", "key": "engine", "name": "Engine"},
        ):
            assert (await caller.ask(ELEMENT, i=given))["registerElement"]["ok"]
        tie = {"type": "DEPENDS_ON", "source": "mail", "target": "engine"}
        assert (await caller.ask(TIE, i=tie))["relateElements"]["ok"]
        write, asked = caller.product.graph.write, Request(actor="test", via="test")
        for kind, key in (("Person", "ada"), ("Group", "ops")):
            await write(register_party, asked, kind, {"key": key, "name": key})
        document = "mutation I($i: RegisterIncidentInput!) { registerIncident(input: $i) { ok } }"
        for title in ("mail is slow", "mail stops"):
            trouble = {"title": title, "affects": [{"element": "engine"}]}
            assert (await caller.ask(document, i=trouble))["registerIncident"]["ok"]
        yield caller
