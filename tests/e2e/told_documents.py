"""A product with a history of all six processes, of which documents tell."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from e2e.calling import Caller, somebody
from e2e.desk import Desk, agreed, ordinary
from e2e.walking import documents_of, done
from fitsm_graph import bootstrap
from fitsm_graph.api.links import singular
from fitsm_graph.api.verbs import offered
from fitsm_graph.confm.types import define_scope
from fitsm_graph.flow.records import snake
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.model.declare import Process
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.sms import accounts
from fitsm_graph.sms import service as sms
from fitsm_graph.sms.roles import assign_role

SETUP = Request(actor="setup", via="test")
BESIDE = ("01", "06", "09", "13", "14", "15-request", "19", "20", "21", "22", "23", "24", "25")
"""Documents of the walk through PR9 that nothing depends on here: questions, requests, waiting."""
CONTENT = "query C($of: ID!) { documentContent(of: $of) { key digest content text html } }"
RECORD = """key title kindOfDocument series number status entry entryUntil digest size parts issuer
  sees approver startsAt endsAt withdrawnBy why reportsOn { key } supersedes { key }
  distribution { key }"""


class Office:
    """Who issues and reads documents, on a desk whose time is driven.

    Attributes:
        keys: Of the records of the story, by what they are there.
        empty: What documents said that were issued before anything had happened, by kind.
        then: When the story was told to its end.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.admin = desk.caller
        self.ann = self.eve = self.lea = desk.caller
        self.keys: dict[str, str] = {}
        self.empty: dict[str, Said] = {}
        self.then = desk.clock.now()

    def passes(self, **time: int) -> None:
        self.desk.clock.advance(timedelta(**time))

    async def told(self, caller: Caller, verb: str, record: str = "key", **given: Any) -> Any:
        """The payload of a mutation."""
        self.passes(seconds=1)
        one = singular(offered()[snake(verb)].on)
        name = f"{verb[0].upper()}{verb[1:]}Input"
        document = f"""mutation A($i: {name}!) {{ {verb}(input: $i) {{
          ok seq replayed errors {{ code message why path }} {one} {{ {record} }} }} }}"""
        payload = (await caller.ask(document, i=given))[verb]
        return {**payload, "record": payload[one]}

    async def done(self, caller: Caller, verb: str, record: str = "key", **given: Any) -> Any:
        """The record of an act that is possible."""
        told = await self.told(caller, verb, record, **given)
        assert told["ok"], (verb, told["errors"])
        return told["record"]

    async def code(self, caller: Caller, verb: str, **given: Any) -> str:
        """The code of an act that is not."""
        told = await self.told(caller, verb, **given)
        assert not told["ok"], told
        return str(told["errors"][0]["code"])

    async def issued(self, kind: str, caller: Caller | None = None, **given: Any) -> Any:
        """The record of a document that was issued."""
        return await self.done(
            caller or self.admin, "issueDocument", RECORD, kind=kind.upper(), **given
        )

    async def content(self, key: str, caller: Caller | None = None) -> Any:
        """What a document says."""
        return (await (caller or self.admin).ask(CONTENT, of=key))["documentContent"]

    async def said(self, kind: str, **given: Any) -> "Said":
        """What a document that is issued now says."""
        made = await self.issued(kind, **given)
        return Said((await self.content(made["key"]))["content"])


class Said:
    """A content, by its headings."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.content = content
        self.parts = {each["heading"]: each for each in content["sections"]}

    def facts(self, heading: str) -> dict[str, Any]:
        return {each["name"]: each["value"] for each in self.parts[heading]["facts"]}

    def rows(self, heading: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.parts[heading]["rows"]
        return found


async def people(office: Office) -> None:
    """Ann manages changes and releases, Eve asks for them, Lea sees a part."""
    graph = office.admin.product.graph
    for key in ("ann", "eve"):
        await graph.write(sms.register_party, SETUP, "Person", {"key": key, "name": key})
    office.ann = await somebody(office.admin, "ann", "editor", "process_manager")
    office.eve = await somebody(office.admin, "eve", "editor")
    office.lea = await somebody(office.admin, "lea", "process_manager")
    for key in ("ann", "eve"):
        await graph.write(accounts.change_account, SETUP, key, person=key)
    for process in (Process.CHM, Process.RDM):
        await graph.write(assign_role, SETUP, RoleWord.PROCESS_MANAGER, "ann", process=process)
    registry = office.admin.product.registry
    await graph.write(define_scope, SETUP, registry, "all", "Everything.")
    scope = await graph.write(define_scope, SETUP, registry, "few", "No software.", ["Server"])
    await graph.write(accounts.change_account, SETUP, "lea", sees=[scope.value["key"]])


async def story(office: Office) -> None:
    """Each process from its first record on; names of what documents are about are kept."""
    await incidents(office)
    await problems(office)
    await improvements(office)
    office.passes(days=40)
    await sign_in(office)
    await changes(office)
    await verifications(office)
    await releases(office)
    office.then = office.desk.clock.now()


async def sign_in(office: Office) -> None:
    """Take new tokens: the old ones are over, after so much time."""
    await office.desk.sign_in()
    for login in ("ann", "eve", "lea"):
        made = await bootstrap.new_token(office.admin.product, login, 60, [])
        getattr(office, login).token = made.secret


async def incidents(office: Office) -> None:
    """A major incident with what was reported of it again, up to its closing; and an open one."""
    for path in documents_of("isrm"):
        if not path.name.startswith(BESIDE):
            await done(office.admin, path)
    office.keys["major"] = "INC-000001"
    hit = [{"element": "store", "effect": "DEGRADED"}]
    made = await office.done(office.admin, "registerIncident", title="slow", affects=hit)
    office.keys["open"] = made["key"]


async def problems(office: Office) -> None:
    """A known error that was tried and verified, and one that nobody tried."""
    admin = office.admin
    problem = await office.done(admin, "registerProblem", title="leaks", investigates=["engine"])
    given = {"problem": problem["key"], "carriedOutBy": "first", "concerns": ["engine"]}
    known = await office.done(admin, "registerKnownError", workaround="restart it", **given)
    tried = {"ref": known["key"], "incident": office.keys["open"], "helped": True}
    await office.done(admin, "tryKnownError", **tried)
    await office.done(admin, "verifyKnownError", ref=known["key"])
    other = {"knownError": known["key"], "workaround": "use the web page", "carriedOutBy": "users"}
    way = (await office.done(admin, "registerWorkaround", **other))["key"]
    await office.done(admin, "tryWorkaround", **{**tried, "ref": way, "helped": False})
    office.keys["way"] = way
    await office.done(admin, "registerKnownError", title="<b>2nd</b>", workaround="wait", **given)
    office.keys |= {"problem": problem["key"], "known": known["key"]}


async def improvements(office: Office) -> None:
    """A suggestion that waits, and an improvement with an action that will be overdue."""
    admin = office.admin
    made = await office.done(admin, "registerSuggestion", title="watch its memory")
    classes = {"value": "high", "effort": "low", "urgency": "high", "valueReason": "users wait"}
    await office.done(admin, "evaluateSuggestion", ref=made["key"], **classes)
    taken = {"suggestion": made["key"], "decision": "worth it", "owner": "ada"}
    improvement = (await office.done(admin, "acceptSuggestion", **taken))["key"]
    due = to_text(office.desk.clock.now() + timedelta(days=1))
    act = {"improvement": improvement, "title": "buy a monitor", "dueAt": due}
    await office.done(admin, "registerImprovementAction", **act)
    await office.done(admin, "registerSuggestion", title="a second store")
    office.keys["improvement"] = improvement


async def changes(office: Office) -> None:
    """One that was carried out and reviewed, one that is to come, and a standard one."""
    done = await change(office, "store", hours=0)
    await office.done(office.ann, "beginChange", ref=done)
    office.passes(minutes=30)
    given = {"ref": done, "outcome": "SUCCESSFUL", "result": "it is there"}
    await office.done(office.ann, "completeChange", **given)
    await office.done(office.ann, "reviewChange", ref=done, findings="as planned", aimMet=True)
    ahead = await change(office, "engine", hours=240)
    standard = {"title": "new disk", "steps": ["take it out", "put it in"], "mayAlter": ["CI"]}
    made = await office.done(office.eve, "registerStandardChange", **standard)
    await office.done(office.ann, "approveStandardChange", ref=made["key"])
    office.keys |= {"done": done, "ahead": ahead, "standard": made["key"]}


async def change(office: Office, element: str, *, hours: int) -> str:
    """A change of an element that Ann approves and schedules."""
    now = office.desk.clock.now() + timedelta(hours=hours)
    when = {"plannedStartsAt": to_text(now), "plannedEndsAt": to_text(now + timedelta(hours=2))}
    hit = [{"element": element, "effect": "AT_RISK"}]
    made = await office.done(office.eve, "registerChange", title="x", changes=hit, **when)
    key = str(made["key"])
    await office.done(office.ann, "planBackOut", ref=key, steps="put it back")
    await office.done(office.ann, "assessChange", ref=key)
    await office.done(office.ann, "approveChange", ref=key, conditions="tell users")
    await office.done(office.ann, "scheduleChange", ref=key)
    return key


async def verifications(office: Office) -> None:
    """All applications verified: one is as recorded, one is not."""
    plan = {"every": "P90D", "within": "P14D", "types": ["Application"], "sample": {"share": 1}}
    await agreed(office.admin.product, "verification-plan", "apps", plan)
    made = await office.done(office.admin, "beginVerification", plan="apps", seed="x")
    ref, admin = made["key"], office.admin
    await office.done(admin, "attestElement", ref=ref, element="engine", attested="AS_RECORDED")
    given = {"ref": ref, "element": "store", "attested": "DIFFERS", "differsIn": ["name"]}
    await office.done(admin, "attestElement", **given)
    await office.done(admin, "compareVerification", ref=ref)
    office.keys["verification"] = ref


async def releases(office: Office) -> None:
    """A release of an approved change, planned in waves; another change is left out."""
    now = office.desk.clock.now() + timedelta(hours=72)
    made = await office.done(office.eve, "registerRelease", title="spring")
    release = made["key"]
    hit = [{"element": "store", "effect": "AT_RISK"}]
    one, other = [
        (await office.done(office.eve, "registerChange", title=each, changes=hit))["key"]
        for each in ("in", "out")
    ]
    await office.done(office.ann, "assessChange", ref=one)
    await office.done(office.ann, "approveChange", ref=one)
    await office.done(office.eve, "includeInRelease", ref=release, changes=[one, other])
    when = {"startsAt": to_text(now), "endsAt": to_text(now + timedelta(hours=1))}
    await office.done(office.ann, "scheduleRelease", ref=release, **when)
    await office.done(office.ann, "planRelease", ref=release)
    office.keys |= {"release": release, "included": one, "left_out": other}


async def begun(office: Office) -> None:
    """A day on which everybody is there."""
    await office.desk.until(9, ordinary)
