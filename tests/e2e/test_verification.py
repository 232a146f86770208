"""Baselines, verifications and deviations, over the API (PR11.2, PR11.4, PR11.5)."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from e2e.calling import Caller, calling, emptied, somebody
from fitsm_graph.confm.deviations import accept_deviation
from fitsm_graph.confm.sweeping import sweep_deviations
from fitsm_graph.confm.types import define_scope
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.clock import ManualClock, to_text
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.model.declare import Process
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.sms import accounts, policies
from fitsm_graph.sms import service as sms
from fitsm_graph.sms.roles import assign_role, end_role
from graph.syncing import KINDS, record, run, send

SETUP = Request(actor="setup", via="test")
START = datetime(2026, 11, 24, 9, tzinfo=UTC)
DAY = timedelta(days=1)
ESTATE = [
    {"kind": "Service", "key": "mail", "name": "Mail", "description": "Mail.", "owner": "ada"},
    {"kind": "Service", "key": "web", "name": "Web"},
    {"kind": "CI", "type": "Server", "key": "a", "name": "A", "owner": "ada"},
    {"kind": "CI", "type": "Server", "key": "b", "name": "B", "owner": "ops"},
    {"kind": "CI", "type": "Server", "key": "c", "name": "C"},
    {"kind": "CI", "type": "Rack", "key": "zzrack", "name": "Rack", "owner": "ops"},
    *({"kind": "Service", "key": f"s{n}", "name": f"Service {n}"} for n in range(4)),
]
TIES = [("DEPENDS_ON", "mail", "a"), ("DEPENDS_ON", "web", "c"), ("MOUNTED_IN", "a", "zzrack")]
PLANS = {
    **{f"servers{n}": {"types": ["Server"], "sample": {"share": 1}} for n in range(3)},
    "racks": {"types": ["Rack"], "sample": {"share": 1}},
    "half": {"sample": {"share": 0.5}},
}
SHOWN = {
    "baseline": "key status title entry digest types elements relations ofServices { key } why",
    "verification": """key status plan planKey seed sampled population dueAt outcome conclusion
      comparedAt verifies { attested attestedBy byOwner differsIn note seen seenIn
        element { key } } deviations { key }""",
    "deviation": """key status source title fields entry madeBy change raisedBy why timesSeen
      decision decidedBy deviatesAt { key } foundBy { key } ledTo { key kind }""",
    "incident": "key title affects { effect element { key } } fromDeviations { key }",
    "problem": "key source investigates { key } fromDeviations { key }",
    "suggestion": "key source timesSeen fromDeviations { key }",
}
ELEMENT = "mutation E($i: RegisterElementInput!) { registerElement(input: $i) { ok } }"
TIE = "mutation T($i: RelateInput!) { relateElements(input: $i) { ok } }"
UPDATE = """mutation U($ref: ID!, $set: JSON!) {
  updateElement(input: {ref: $ref, set: $set}) { ok seq errors { message } } }"""
DIFF = """query D($of: ID!, $to: ID) { baselineDiff(of: $of, to: $to) { fromSeq toSeq complete note
  addedCount removedCount changedCount relinkedCount added { element { key } }
  removed { id } changed { element { key } fields { name old new } }
  relinked { source type target action } } }"""


class Estate:
    """A product with an estate, and its people: a manager, an owner, one who sees a part."""

    def __init__(self, admin: Caller, clock: ManualClock) -> None:
        self.admin, self.clock = admin, clock
        self.ada = self.bob = self.lea = admin

    async def told(self, caller: Caller, verb: str, one: str, **given: Any) -> Any:
        """What became of a verb on a record."""
        self.clock.advance(timedelta(seconds=1))
        name = f"{verb[0].upper()}{verb[1:]}"
        document = f"""mutation A($i: {name}Input!) {{ {verb}(input: $i) {{
          ok seq errors {{ code why path requirement }} {one} {{ {SHOWN[one]} }} }} }}"""
        return (await caller.ask(document, i=given))[verb]

    async def done(self, caller: Caller, verb: str, one: str, **given: Any) -> Any:
        found = await self.told(caller, verb, one, **given)
        assert found["ok"], found["errors"]
        return found[one]

    async def codes(self, caller: Caller, verb: str, one: str, **given: Any) -> list[str]:
        found = await self.told(caller, verb, one, **given)
        assert not found["ok"]
        return [each["code"] for each in found["errors"]]

    async def update(self, key: str, **values: Any) -> int:
        self.clock.advance(timedelta(seconds=1))
        done = (await self.admin.ask(UPDATE, ref=key, set=values))["updateElement"]
        assert done["ok"], done
        return int(done["seq"])

    async def sweep(self, *, most: int = 200) -> Any:
        self.clock.advance(timedelta(seconds=1))
        product = self.admin.product
        given = (product.policies, product.registry)
        return (await product.graph.write(sweep_deviations, SETUP, *given, most=most)).value

    async def swept(self) -> None:
        """Sweep all that was written."""
        while (await self.sweep())["more"]:
            pass

    async def deviations(self, where: str = "{}") -> list[Any]:
        document = f"{{ deviations(where: {where}) {{ nodes {{ {SHOWN['deviation']} }} }} }}"
        found: list[Any] = (await self.admin.ask(document))["deviations"]["nodes"]
        return found


async def planned(product: Any) -> None:
    """Plans of verification that are in force."""
    for name, said in PLANS.items():
        document = {"every": "P90D", "within": "P14D", **said}
        given = (policies.draft_policy, SETUP, KINDS, "verification-plan", name, document)
        drafted = (await product.graph.write(*given)).value
        other = Request(actor="other", via="test")
        await product.graph.write(policies.approve_policy, other, KINDS, drafted["key"])


async def people(estate: Estate) -> None:
    graph = estate.admin.product.graph
    estate.bob = await somebody(estate.admin, "bob", "process_manager")
    estate.ada = await somebody(estate.admin, "ada", "reader")
    estate.lea = await somebody(estate.admin, "lea", "process_manager")
    await graph.write(accounts.change_account, SETUP, "ada", person="ada")
    await graph.write(define_scope, SETUP, estate.admin.product.registry, "all", "Everything.")
    scope = await graph.write(
        define_scope, SETUP, estate.admin.product.registry, "servers", "No racks.", ["Server"]
    )
    await graph.write(accounts.change_account, SETUP, "lea", sees=[scope.value["key"]])


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def estate(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Estate]:
    await emptied(neo4j_endpoint)
    clock = ManualClock(START)
    async with calling(neo4j_endpoint, tmp_path_factory.mktemp("product"), clock=clock) as admin:
        graph = admin.product.graph
        await graph.write(sms.register_party, SETUP, "Person", {"key": "ada", "name": "Ada"})
        await graph.write(sms.register_party, SETUP, "Group", {"key": "ops", "name": "Ops"})
        made = Estate(admin, clock)
        for each in ESTATE:
            clock.advance(timedelta(seconds=1))
            assert (await admin.ask(ELEMENT, i=each))["registerElement"]["ok"]
        for type, source, target in TIES:
            given = {"type": type, "source": source, "target": target}
            assert (await admin.ask(TIE, i=given))["relateElements"]["ok"]
        await people(made)
        await planned(admin.product)
        clock.advance(timedelta(minutes=5))
        yield made


# --- baselines -----------------------------------------------------------------------------------


async def test_a_baseline_is_compared_with_now_and_with_another(estate: Estate) -> None:
    """PR11.4: of a service and what it needs; what else changes is not told."""
    admin = estate.admin
    first = await estate.done(admin, "takeBaseline", "baseline", title="x", services=["mail"])
    assert (first["elements"], first["relations"]) == (3, 2)
    assert first["ofServices"] == [{"key": "mail"}]
    await estate.update("a", description="moved")
    await estate.update("c", description="beside")
    told = (await admin.ask(DIFF, of=first["key"]))["baselineDiff"]
    assert [each["element"]["key"] for each in told["changed"]] == ["a"]
    assert told["changed"][0]["fields"] == [{"name": "description", "old": "", "new": "moved"}]
    again = await estate.done(admin, "takeBaseline", "baseline", title="y", services=["mail"])
    assert again["digest"] != first["digest"]
    await estate.update("a", description="")
    between = (await admin.ask(DIFF, of=first["key"], to=again["key"]))["baselineDiff"]
    assert between["changedCount"] == 1, "what came after the second is not told"
    assert between["changed"][0]["fields"][0]["new"] == "moved"
    wrong = await admin.code(DIFF, of=again["key"], to=first["key"])
    assert wrong == "BAD_INPUT"


async def test_a_baseline_of_the_past_is_what_one_taken_then_would_be(estate: Estate) -> None:
    """PR11.4: elements that came, went, changed and were handed over since count for nothing."""
    admin = estate.admin
    moment = to_text(estate.clock.now())
    then = await estate.done(admin, "takeBaseline", "baseline", title="then")
    given = {"kind": "CI", "type": "Server", "key": "d", "name": "D"}
    estate.clock.advance(timedelta(minutes=5))
    assert (await admin.ask(ELEMENT, i=given))["registerElement"]["ok"]
    given = {"type": "DEPENDS_ON", "source": "web", "target": "d"}
    assert (await admin.ask(TIE, i=given))["relateElements"]["ok"]
    await estate.update("b", description="changed since")
    for verb in (
        'assignOwner(input: {ref: "b", owner: "ada"})',
        'unrelateElements(input: {type: "DEPENDS_ON", source: "web", target: "d"})',
        'retireElement(input: {ref: "d"})',
    ):
        assert (await admin.ask(f"mutation {{ done: {verb} {{ ok }} }}"))["done"]["ok"], verb
    past = await estate.done(admin, "takeBaseline", "baseline", title="past", at=moment)
    same = ("entry", "digest", "elements", "relations")
    assert [past[name] for name in same] == [then[name] for name in same]
    owned = {"title": "of ops", "owners": ["ops"]}
    now = await estate.done(admin, "takeBaseline", "baseline", **owned)
    before = await estate.done(admin, "takeBaseline", "baseline", at=moment, **owned)
    assert now["elements"] == before["elements"] - 1
    check = f'{{ baselineCheck(of: "{then["key"]}") {{ entry intact elements relations }} }}'
    told = (await admin.ask(check))["baselineCheck"]
    assert told == {"intact": True, **{name: then[name] for name in same if name != "digest"}}
    diff = (await admin.ask(DIFF, of=before["key"]))["baselineDiff"]
    assert [each["element"]["key"] for each in diff["changed"]] == ["b"], "it was theirs"
    await admin.ask('mutation { assignOwner(input: {ref: "b", owner: "ops"}) { ok } }')


async def test_what_a_baseline_cannot_be_taken_of(estate: Estate) -> None:
    admin, verb = estate.admin, "takeBaseline"
    for given, code in (
        ({"types": ["Sever"]}, "BAD_INPUT"),
        ({"services": ["a"]}, "NOT_FOUND"),
        ({"owners": ["nobody"]}, "NOT_FOUND"),
        ({"types": ["Cable"]}, "NOTHING_SELECTED"),
        ({"at": "2999-01-01T00:00:00Z"}, "BAD_INPUT"),
        ({"at": "1999-01-01T00:00:00Z"}, "BEFORE_THE_LEDGER"),
    ):
        assert await estate.codes(admin, verb, "baseline", title="x", **given) == [code], given


async def test_a_baseline_tells_nobody_of_what_they_do_not_see(estate: Estate) -> None:
    """Counts over all there is are unknown to who sees a part; so is what came and went there."""
    wide = await estate.done(estate.admin, "takeBaseline", "baseline", title="all")
    await estate.update("zzrack", description="repainted")
    document = f"query B($k: String!) {{ baseline(by: {{key: $k}}) {{ {SHOWN['baseline']} }} }}"
    seen = (await estate.lea.ask(document, k=wide["key"]))["baseline"]
    assert (seen["elements"], seen["relations"]) == (None, None)
    for word in ("{elements: {gte: 0}}", "{elements: {isNull: false}}"):
        asked = f"{{ baselines(where: {word}) {{ totalCount }} }}"
        answer = await estate.lea.told(asked)
        assert answer.get("data") is None or answer["data"]["baselines"]["totalCount"] == 0, word
    await estate.lea.ask("{ baselines(orderBy: [{elements: ASC}]) { totalCount } }")
    check = f'{{ baselineCheck(of: "{wide["key"]}") {{ intact elements relations }} }}'
    told = (await estate.lea.ask(check))["baselineCheck"]
    racks = (await estate.admin.ask('{ cis(where: {type: {eq: "Rack"}}) { totalCount } }'))["cis"]
    seen_of_it = wide["elements"] - racks["totalCount"]
    assert told == {"intact": None, "elements": seen_of_it, "relations": 2}
    diff = (await estate.lea.ask(DIFF, of=wide["key"]))["baselineDiff"]
    assert (diff["changedCount"], diff["relinkedCount"]) == (0, 0)
    assert (await estate.admin.ask(DIFF, of=wide["key"]))["baselineDiff"]["changedCount"] == 1
    dry = f"""mutation {{ retireBaseline(dryRun: true, input: {{ref: "{wide["key"]}", why: "x"}})
      {{ ok baseline {{ elements relations status }} }} }}"""
    assert (await estate.lea.ask(dry))["retireBaseline"]["baseline"] == {
        "elements": None, "relations": None, "status": "retired"}  # fmt: skip
    part = await estate.done(estate.lea, "takeBaseline", "baseline", title="mine")
    assert "Server" in part["types"], "what a limited reader sees is said"
    assert "Rack" not in part["types"]
    for types in (["Rack"], ["Rack", "Cable"]):
        given = {"title": "theirs", "types": types}
        assert await estate.codes(estate.lea, "takeBaseline", "baseline", **given) == [
            "NOTHING_SELECTED"
        ], "what is hidden is as if it were not there"
    full = (await estate.admin.ask(document, k=part["key"]))["baseline"]
    assert full["elements"] == seen_of_it


async def test_a_retired_baseline_can_still_be_compared_with(estate: Estate) -> None:
    made = await estate.done(estate.admin, "takeBaseline", "baseline", title="old")
    over = {"ref": made["key"], "why": "nobody asks"}
    gone = await estate.done(estate.admin, "retireBaseline", "baseline", **over)
    assert (gone["status"], gone["why"]) == ("retired", "nobody asks")
    assert await estate.codes(estate.admin, "retireBaseline", "baseline", **over) == [
        "ILLEGAL_TRANSITION"
    ]
    assert (await estate.admin.ask(DIFF, of=made["key"]))["baselineDiff"]["complete"]


async def test_a_baseline_outlives_the_erasing_of_who_answered(estate: Estate) -> None:
    """What is held is found by ids, which are never erased."""
    graph = estate.admin.product.graph
    await graph.write(sms.register_party, SETUP, "Person", {"key": "zoe", "name": "Zoe"})
    await estate.admin.ask('mutation { assignOwner(input: {ref: "c", owner: "zoe"}) { ok } }')
    made = await estate.done(
        estate.admin, "takeBaseline", "baseline", title="of Zoe", owners=["zoe"]
    )
    await estate.admin.ask('mutation { assignOwner(input: {ref: "c", owner: "ops"}) { ok } }')
    await graph.write(sms.erase_party, SETUP, "zoe")
    await graph.write(sms.retire_party, SETUP, "zoe")
    check = f'{{ baselineCheck(of: "{made["key"]}") {{ intact elements }} }}'
    assert (await estate.admin.ask(check))["baselineCheck"] == {"intact": True, "elements": 1}
    diff = (await estate.admin.ask(DIFF, of=made["key"]))["baselineDiff"]
    assert [each["element"]["key"] for each in diff["changed"]] == ["c"]
    assert "Zoe" not in json.dumps(diff)


# --- verifications -------------------------------------------------------------------------------


async def test_a_verification_from_its_sample_to_its_outcome(estate: Estate) -> None:
    """PR11.5: drawn from the graph, attested by owners, with deviations and an outcome."""
    admin = estate.admin
    made = await estate.done(admin, "beginVerification", "verification", plan="servers0")
    key = made["key"]
    assert (made["sampled"], made["population"], made["planKey"]) == (
        3, 3, "verification-plan/servers0/1")  # fmt: skip
    assert sorted(each["element"]["key"] for each in made["verifies"]) == ["a", "b", "c"]
    verb = "attestElement"
    assert await estate.codes(admin, "beginVerification", "verification", plan="servers0") == [
        "VERIFICATION_RUNNING"
    ]
    early = await estate.codes(admin, "finishVerification", "verification", ref=key)
    assert early == ["NOTHING_EXAMINED"]
    good = {"ref": key, "element": "a", "attested": "AS_RECORDED"}
    told = await estate.done(estate.ada, verb, "verification", **good)
    (said,) = [each for each in told["verifies"] if each["element"]["key"] == "a"]
    assert (said["attested"], said["attestedBy"], said["byOwner"]) == ("as_recorded", "ada", True)
    assert await estate.codes(estate.ada, verb, "verification", **good) == ["ALREADY_ATTESTED"]
    for given, code in (
        ({"element": "b", "attested": "AS_RECORDED"}, "NOT_ITS_OWNER"),
        ({"element": "zzrack", "attested": "AS_RECORDED"}, "NOT_IN_SAMPLE"),
    ):
        found = await estate.codes(estate.ada, verb, "verification", ref=key, **given)
        assert found == [code]
    for given in (
        {"attested": "DIFFERS"},
        {"attested": "AS_RECORDED", "differsIn": ["name"]},
        {"attested": "DIFFERS", "differsIn": ["colour"]},
    ):
        found = await estate.codes(estate.bob, verb, "verification", ref=key, element="b", **given)
        assert found == ["BAD_INPUT"], given
    await estate.done(
        estate.bob, verb, "verification", ref=key, element="b", attested="DIFFERS",
        differsIn=["serialNumber", "relations"], note="another board",
    )  # fmt: skip
    over = await estate.done(
        admin, "finishVerification", "verification", ref=key, conclusion="one board"
    )
    assert (over["status"], over["outcome"]) == ("finished", "deviating")
    (deviation,) = await estate.deviations(f'{{foundBy: {{some: {{key: {{eq: "{key}"}}}}}}}}')
    assert deviation["fields"] == ["serial_number", "relations"]
    assert (deviation["deviatesAt"]["key"], deviation["foundBy"]["key"]) == ("b", key)
    assert deviation["raisedBy"] == "bob"
    late = {"ref": key, "element": "c", "attested": "AS_RECORDED"}
    assert await estate.codes(admin, verb, "verification", **late) == ["ILLEGAL_TRANSITION"]


async def test_the_same_seed_draws_the_same(estate: Estate) -> None:
    """PR11.5: sampling can be repeated, and is not known before without a seed."""
    drawn = []
    for seed in ("x", "x", ""):
        given = {"plan": "half", **({"seed": seed} if seed else {})}
        made = await estate.done(estate.admin, "beginVerification", "verification", **given)
        drawn.append([each["element"]["key"] for each in made["verifies"]])
        assert len(drawn[-1]) == made["sampled"] == -(-made["population"] // 2)
        gone = {"ref": made["key"], "why": "only tried"}
        over = await estate.done(estate.admin, "cancelVerification", "verification", **gone)
        assert (over["status"], over["outcome"], over["conclusion"]) == (
            "cancelled", "", "only tried")  # fmt: skip
    assert drawn[0] == drawn[1]
    assert len(made["seed"]) == 16


async def test_what_discovery_saw_is_held_against_the_record(estate: Estate) -> None:
    """PR11.5: the latest word of a source against what stands now; each difference once."""
    graph = estate.admin.product.graph
    rows = [record("Rack", f"r{n}", description=f"row {n}") for n in range(3)]
    await send(graph, rows, source="dcim")
    await estate.update("r1", description="by hand")
    made = await estate.done(estate.admin, "beginVerification", "verification", plan="racks")
    key = made["key"]
    for times in (1, 2):
        told = await estate.done(estate.admin, "compareVerification", "verification", ref=key)
        seen = {each["element"]["key"]: each["seen"] for each in told["verifies"]}
        assert seen == {"r0": "agrees", "r1": "differs", "r2": "agrees", "zzrack": "unknown"}
        (found,) = await estate.deviations('{source: {eq: "discovery"}}')
        assert (found["fields"], found["timesSeen"]) == (["description"], times)
    report = f"""{{ verificationReport(of: "{key}") {{ outcome all {{ sampled examined
      deviating openDeviations }} byOwner {{ name sampled }}
      elements {{ key seen seenIn deviations }} }} }}"""
    full = (await estate.admin.ask(report))["verificationReport"]
    assert full["all"] == {"sampled": 4, "examined": 3, "deviating": 1, "openDeviations": 1}
    text = (await estate.lea.post({"query": report})).text
    part = json.loads(text)["data"]["verificationReport"]
    assert (part["all"]["sampled"], part["elements"], part["byOwner"]) == (0, [], [])
    for plan in ("racks", "half"):
        codes = await estate.codes(estate.lea, "beginVerification", "verification", plan=plan)
        assert codes == (["VERIFICATION_RUNNING"] if plan == "racks" else ["OUT_OF_SIGHT"])
    blind = await estate.done(estate.lea, "compareVerification", "verification", ref=key)
    assert (blind["verifies"], blind["sampled"]) == ([], None)
    assert len(await estate.deviations('{source: {eq: "discovery"}}')) == 1
    await estate.done(estate.admin, "finishVerification", "verification", ref=key)


async def test_a_verification_is_due_again_and_overdue_one_day(estate: Estate) -> None:
    """PR11.5: at planned intervals."""
    document = """query D($at: DateTime) { verificationsDue(at: $at) {
      plan state dueAt running last lastOutcome } }"""

    async def states(days: int) -> dict[str, str]:
        at = to_text(estate.clock.now() + days * DAY)
        rows = (await estate.admin.ask(document, at=at))["verificationsDue"]
        return {each["plan"]: each["state"] for each in rows}

    now = await states(0)
    assert now["servers1"] == "due", "it is new"
    assert (await states(15))["servers1"] == "overdue"
    verb, gone = "cancelVerification", "verification"
    made = await estate.done(estate.admin, "beginVerification", gone, plan="servers1")
    assert (await states(0))["servers1"] == "running"
    assert (await states(15))["servers1"] == "overdue", "it takes too long"
    await estate.done(estate.admin, verb, gone, ref=made["key"], why="tried")
    assert (await states(0))["servers1"] == "due", "what was given up counts not"
    made = await estate.done(estate.admin, "beginVerification", gone, plan="servers1")
    await estate.done(estate.admin, "compareVerification", gone, ref=made["key"])
    over = await estate.done(estate.admin, "finishVerification", gone, ref=made["key"])
    assert over["outcome"] == "incomplete", "no source knows them, and nobody attested them"
    assert (await states(0))["servers1"] == "not_due"
    assert (await states(91))["servers1"] == "due"
    assert (await states(105))["servers1"] == "overdue"


# --- deviations ----------------------------------------------------------------------------------


async def test_nobody_decides_on_a_deviation_of_their_own(estate: Estate) -> None:
    """PR11.5: corrected or accepted with a reason, by somebody else."""
    made = await estate.done(
        estate.bob, "registerDeviation", "deviation", deviatesAt="a", title="8 disks",
        fields=["description"],
    )  # fmt: skip
    decided = {"ref": made["key"], "decision": "so be it"}
    for verb in ("correctDeviation", "acceptDeviation"):
        assert await estate.codes(estate.bob, verb, "deviation", **decided) == [
            "SEPARATION_OF_DUTIES"
        ]
    graph = estate.admin.product.graph
    for login in ("bob", "bob2"):
        if login == "bob2":
            await graph.write(
                accounts.create_account, SETUP, login, ["process_manager"], "digest", person="ops1"
            )
        else:
            person = {"key": "ops1", "name": "Bob"}
            await graph.write(sms.register_party, SETUP, "Person", person)
            await graph.write(accounts.change_account, SETUP, login, person="ops1")
    second = Request(actor="bob2", via="test", as_person=True)
    with pytest.raises(Refused, match="SEPARATION_OF_DUTIES"):
        await graph.write(
            accept_deviation, second, estate.admin.product.policies, made["key"], "other account"
        )
    over = await estate.done(estate.admin, "correctDeviation", "deviation", **decided)
    assert (over["status"], over["decidedBy"], over["decision"]) == (
        "corrected", "admin", "so be it")  # fmt: skip
    late = await estate.codes(estate.admin, "acceptDeviation", "deviation", **decided)
    assert late == ["ILLEGAL_TRANSITION"]


async def test_a_change_that_nobody_approved_is_found_once(estate: Estate) -> None:
    """PR11.4: swept twice it is one; what brings back what was is none."""
    await estate.swept()
    mine = '{source: {eq: "ledger"}, deviatesAt: {some: {key: {eq: "s0"}}}}'
    first = await estate.update("s0", criticality=1)
    other = await estate.update("s0", description="words are nobody's control")
    assert (await estate.sweep(most=1))["more"], "one entry at a time"
    assert not (await estate.sweep())["more"]
    assert (await estate.sweep())["raised"] == 0
    (found,) = await estate.deviations(mine)
    assert (found["fields"], found["entry"], found["madeBy"]) == (["criticality"], first, "admin")
    assert (found["raisedBy"], found["deviatesAt"]["key"]) == ("ledger", "s0")
    assert other > first
    graph = estate.admin.product.graph
    await run(graph, "MATCH (sweep:Sweep) DELETE sweep")
    await estate.swept()
    assert len(await estate.deviations(mine)) == 1, "swept from the start"
    own = {"ref": found["key"], "decision": "it is fine"}
    assert await estate.codes(estate.admin, "acceptDeviation", "deviation", **own) == [
        "SEPARATION_OF_DUTIES"
    ], "who made it does not let it stay"
    await estate.update("s0", criticality=3)
    await estate.sweep()
    assert len(await estate.deviations(mine)) == 1, "it is as it was"
    await estate.done(estate.bob, "correctDeviation", "deviation", **own)


async def test_a_sweep_that_fails_half_way_leaves_nothing(estate: Estate) -> None:
    """PR11.4: deviations and how far it went are kept together, or neither is."""
    product = estate.admin.product
    await estate.swept()
    before = len(await estate.deviations())
    await estate.update("s1", criticality=2)
    counted = "MATCH (sweep:Sweep) RETURN sweep.seq"
    ((stood,),) = await run(product.graph, counted)
    dry = Request(actor="setup", via="test", dry_run=True)
    given = (product.policies, product.registry)
    assert (await product.graph.write(sweep_deviations, dry, *given)).value["raised"] == 1
    assert (await run(product.graph, counted)) == [[stood]]
    assert len(await estate.deviations()) == before
    assert (await estate.sweep())["raised"] == 1


async def test_an_approved_change_covers_what_it_alters_in_its_time(estate: Estate) -> None:
    """PR11.4: approved, of this element, and within its window."""
    await estate.swept()
    graph, now = estate.admin.product.graph, estate.clock.now()
    document = """mutation C($i: RegisterChangeInput!) { registerChange(input: $i) {
      ok errors { message } change { key } } }"""
    window = {
        "plannedStartsAt": to_text(now + timedelta(hours=4)),
        "plannedEndsAt": to_text(now + timedelta(hours=6)),
    }
    given = {"title": "x", "changes": [{"element": "s2", "effect": "DEGRADED"}], **window}
    key = (await estate.admin.ask(document, i=given))["registerChange"]["change"]["key"]
    open = '{open: true, source: {eq: "ledger"}, deviatesAt: {some: {key: {eq: "s2"}}}}'
    as_if = "MATCH (c:Change {key: $key}) SET c.approved_at = $at, c.status = 'scheduled'"
    await run(graph, as_if, key=key, at=to_text(now))
    estate.clock.set(now + timedelta(hours=5))
    await estate.update("s2", criticality=1)
    await estate.sweep()
    assert await estate.deviations(open) == []
    estate.clock.set(now + timedelta(hours=8))
    await estate.update("s2", criticality=2)
    await estate.sweep()
    (late,) = await estate.deviations(open)
    assert late["fields"] == ["criticality"]


async def test_deviations_lead_on_to_other_processes(estate: Estate) -> None:
    """PR11.5: an incident, a problem, a suggestion; each linked in the same entry."""
    made = await estate.done(
        estate.bob, "registerDeviation", "deviation", deviatesAt="c", title="not in the rack"
    )
    key = made["key"]
    incident = await estate.done(
        estate.bob, "raiseIncidentFromDeviation", "incident", deviation=key, effect="DEGRADED"
    )
    assert incident["affects"] == [{"effect": "DEGRADED", "element": {"key": "c"}}]
    problem = await estate.done(estate.bob, "raiseProblemFromDeviation", "problem", deviation=key)
    assert (problem["source"], problem["investigates"]) == ("deviation", [{"key": "c"}])
    for times in (1, 2):
        suggestion = await estate.done(
            estate.bob, "raiseSuggestionFromDeviation", "suggestion", deviation=key
        )
        assert suggestion["timesSeen"] == times
    for each in (incident, problem, suggestion):
        assert each["fromDeviations"] == [{"key": key}]
    hidden = await estate.done(
        estate.admin, "registerDeviation", "deviation", deviatesAt="zzrack", title="x"
    )
    refused = await estate.codes(
        estate.lea, "raiseIncidentFromDeviation", "incident", deviation=hidden["key"]
    )
    assert refused == ["ELEMENT_NOT_FOUND"]
    over = {"ref": key, "decision": "it is in the rack"}
    await estate.done(estate.admin, "correctDeviation", "deviation", **over)
    assert await estate.codes(
        estate.bob, "raiseProblemFromDeviation", "problem", deviation=key
    ) == ["ILLEGAL_TRANSITION"]


# --- completeness --------------------------------------------------------------------------------


async def test_what_is_known_too_little_of_is_work(estate: Estate) -> None:
    """PR11.2: by type, service and owner; of what one sees."""
    document = """query C($o: String! = "", $s: ID, $t: String! = "") {
      completeness(owner: $o, service: $s, type: $t) { bar checked below score
      byType { name checked } byOwner { name checked } byService { name checked score }
      work { key owner score missing } } }"""
    full = (await estate.admin.ask(document))["completeness"]
    assert full["checked"] == sum(each["checked"] for each in full["byType"])
    by_key = {each["key"]: each for each in full["work"]}
    assert by_key["web"]["missing"] == ["owner", "description"]
    assert by_key["zzrack"]["owner"] == "ops"
    assert all(each["score"] < full["bar"] for each in full["work"])
    assert len(full["work"]) == full["below"]
    part = (await estate.lea.ask(document))["completeness"]
    assert "Rack" not in {each["name"] for each in part["byType"]}
    assert part["checked"] < full["checked"]
    mail = (await estate.admin.ask(document, s="mail"))["completeness"]
    assert {each["name"] for each in mail["byType"]} == {"Service", "Server", "Rack"}
    nobody = (await estate.admin.ask(document, o="-"))["completeness"]
    assert {each["owner"] for each in nobody["work"]} == {None}
    servers = (await estate.admin.ask(document, t="Server"))["completeness"]
    assert servers["checked"] == 3


async def test_services_that_are_not_shown_are_counted(estate: Estate) -> None:
    document = "{ completeness(services: %d) { byService { name } servicesLeftOut } }"
    full = (await estate.admin.ask(document % 200))["completeness"]
    count = len(full["byService"])
    assert count > 1
    assert full["servicesLeftOut"] == 0
    part = (await estate.admin.ask(document % 1))["completeness"]
    assert (len(part["byService"]), part["servicesLeftOut"]) == (1, count - 1)
    assert await estate.admin.code(document % 1_000_000) == "BAD_INPUT"


async def test_the_job_sweeps(estate: Estate) -> None:
    """PR11.4: without anybody asking."""
    await estate.swept()
    count = len(await estate.deviations())
    await estate.update("s3", criticality=4)
    went = await estate.admin.product.scheduler.run("sweep")
    assert (went["said"], went["error"]) == ("1 deviation raised", "")
    assert len(await estate.deviations()) == count + 1


async def test_a_person_with_a_role_in_the_process_attests_for_others(estate: Estate) -> None:
    graph = estate.admin.product.graph
    given = {"process": Process.CONFM}
    await graph.write(assign_role, SETUP, RoleWord.PROCESS_STAFF, "ada", **given)
    made = await estate.done(estate.admin, "beginVerification", "verification", plan="servers2")
    said = {"ref": made["key"], "element": "b", "attested": "NOT_THERE"}
    told = await estate.done(estate.ada, "attestElement", "verification", **said)
    (one,) = [each for each in told["verifies"] if each["element"]["key"] == "b"]
    assert (one["attested"], one["byOwner"]) == ("not_there", False)
    await graph.write(end_role, SETUP, "process_staff/confm", "ada")  # other tests have her without
