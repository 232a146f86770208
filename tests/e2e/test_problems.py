"""Problem management from the first incident to the cause that is gone (PR10)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from e2e.calling import Caller, calling, emptied
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.sms import service as sms
from graph.syncing import run

PROBLEM = """key status impact urgency priority computedImpact computedUrgency computedPriority
  overrideReason because cause incidentCount incidentHours servicesDown
  investigates { key } incidents { key } knownErrors { key status } owner { key kind }
  comments { text author public } attachments { name url } closedAt resolution category
  createdAt dueAt escalationLevel escalations { direction step vacant to { key } }"""
KNOWN = """key status title cause workaround carriedOutBy used helped reviewDueAt verifiedBy
  communicatedTo otherWorkarounds { key status } knownFrom { key status }
  concerns { key } triedOn { helped record { key } }"""
WAY = """key status title workaround carriedOutBy used helped reviewDueAt verifiedAt verifiedBy
  retiredBecause closedAt helpsAgainst { key } triedFor { helped record { key } }"""
ESTATE = [
    {"kind": "Service", "key": "mail", "name": "Mail", "criticality": 1},
    {"kind": "CI", "type": "Server", "key": "a", "name": "A"},
    {"kind": "CI", "type": "Server", "key": "b", "name": "B"},
]
ELEMENT = "mutation E($i: RegisterElementInput!) { registerElement(input: $i) { ok } }"
TIE = "mutation T($i: RelateInput!) { relateElements(input: $i) { ok } }"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def caller(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Caller]:
    await emptied(neo4j_endpoint)
    async with calling(neo4j_endpoint, tmp_path_factory.mktemp("product")) as made:
        for each in ESTATE:
            assert (await made.ask(ELEMENT, i=each))["registerElement"]["ok"]
        tie = {"type": "DEPENDS_ON", "source": "mail", "target": "a"}
        assert (await made.ask(TIE, i=tie))["relateElements"]["ok"]
        asked = Request(actor="test", via="test")
        for kind, key in (("Person", "ada"), ("Group", "ops")):
            given = {"key": key, "name": key}
            await made.product.graph.write(sms.register_party, asked, kind, given)
        yield made


async def act(caller: Caller, verb: str, one: str = "problem", **given: Any) -> Any:
    shown = {"problem": PROBLEM, "knownError": KNOWN, "workaround": WAY, "incident": "key"}[one]
    document = f"""mutation A($i: {verb[0].upper()}{verb[1:]}Input!) {{ {verb}(input: $i) {{
      ok errors {{ code requirement path }} {one} {{ {shown} }} }} }}"""
    return (await caller.ask(document, i=given))[verb]


async def incident(caller: Caller, *elements: str) -> str:
    hit = [{"element": key} for key in elements]
    told = await act(caller, "registerIncident", "incident", title="trouble", affects=hit)
    assert told["ok"], told
    return str(told["incident"]["key"])


async def problem(caller: Caller, **given: Any) -> Any:
    told = await act(caller, "registerProblem", title="A stops", **given)
    assert told["ok"], told
    return told["problem"]


async def test_it_is_registered_from_incidents_with_its_priority(caller: Caller) -> None:
    """PR10.1: from incidents; PR10.2: prioritised by their cost and the reach of its elements."""
    first = await incident(caller, "a")
    made = await problem(caller, incidents=[first], investigates=["a"])
    assert (made["status"], made["incidentCount"], made["servicesDown"]) == ("registered", 1, 1)
    assert [each["key"] for each in made["incidents"]] == [first]
    assert made["priority"] == 1, made["because"]
    assert "1 incident, 1 open" in made["because"][1]
    harmless = await problem(caller, investigates=["b"])
    assert harmless["priority"] > made["priority"]


async def test_what_is_down_today_does_not_hide_how_far_it_reaches(caller: Caller) -> None:
    """The cause outlives the incidents that are open now."""
    one = await incident(caller, "a", "mail")
    made = await problem(caller, incidents=[one], investigates=["a"])
    assert made["servicesDown"] == 1, made["because"]
    again = await act(caller, "prioritiseProblem", ref=made["key"])
    assert again["problem"]["servicesDown"] == 1


async def test_a_person_decides_otherwise_with_a_reason_until_it_is_taken_back(
    caller: Caller,
) -> None:
    made = await problem(caller, investigates=["b"])
    computed = [made[f"computed{each}"] for each in ("Impact", "Urgency", "Priority")]
    assert computed == [made["impact"], made["urgency"], made["priority"]] == ["low", "low", 4]
    graver = {"ref": made["key"], "impact": "high", "urgency": "high"}
    told = await act(caller, "prioritiseProblem", **graver)
    assert [each["code"] for each in told["errors"]] == ["OVERRIDE_REASON"]
    odd = {"ref": made["key"], "impact": "odd", "overrideReason": "x"}
    told = await act(caller, "prioritiseProblem", **odd)
    assert [each["code"] for each in told["errors"]] == ["UNKNOWN_CLASS"]
    graver["overrideReason"] = "the audit asks for it"
    first = (await act(caller, "prioritiseProblem", **graver))["problem"]
    assert (first["priority"], first["computedPriority"], days(first)) == (1, 4, 14)
    assert "the audit asks for it" in " ".join(first["because"])
    held = await act(caller, "linkProblem", ref=made["key"], investigates=["a"])
    assert (held["problem"]["priority"], held["problem"]["computedPriority"]) == (1, 3)
    back = (await act(caller, "prioritiseProblem", ref=made["key"]))["problem"]
    assert (back["priority"], back["overrideReason"]) == (3, None)


async def test_its_category_is_one_of_the_scheme(caller: Caller) -> None:
    told = await act(caller, "registerProblem", title="x", category="printer")
    assert [each["code"] for each in told["errors"]] == ["UNKNOWN_CATEGORY"]
    await problem(caller, category="storage", source="TREND")


async def test_it_can_be_put_into_another_class(caller: Caller) -> None:
    made = await problem(caller, category="storage")
    told = await act(caller, "classifyProblem", ref=made["key"], category="network")
    assert told["problem"]["category"] == "network"
    for category, code in (("printer", "UNKNOWN_CATEGORY"), (" ", "BAD_INPUT")):
        told = await act(caller, "classifyProblem", ref=made["key"], category=category)
        assert [each["code"] for each in told["errors"]] == [code]
    await act(caller, "rejectProblem", ref=made["key"], why="it is none")
    told = await act(caller, "classifyProblem", ref=made["key"], category="storage")
    assert [each["code"] for each in told["errors"]] == ["ILLEGAL_TRANSITION"]


async def test_its_priority_says_by_when_it_is_to_be_resolved(caller: Caller) -> None:
    """From its registration on, also where the priority rises later."""
    made = await problem(caller, investigates=["b"])
    assert made["priority"] == 4
    assert days(made) == 90
    told = await act(caller, "linkProblem", ref=made["key"], investigates=["a"])
    assert told["problem"]["priority"] < 4
    assert days(told["problem"]) == {1: 14, 2: 30, 3: 60}[told["problem"]["priority"]]


def days(made: Any) -> float:
    first, last = (datetime.fromisoformat(made[name]) for name in ("createdAt", "dueAt"))
    return (last - first) / timedelta(days=1)


async def test_it_is_handed_to_who_owns_what_it_investigates(caller: Caller) -> None:
    """PR10.2: functional escalation, found in the graph unless somebody is named."""
    made = await problem(caller, investigates=["b"])
    why = {"ref": made["key"], "why": "it is in the firmware"}
    told = await act(caller, "escalateProblem", **why)
    assert [each["code"] for each in told["errors"]] == ["NOBODY_TO_ESCALATE_TO"]
    own = "mutation O($i: AssignOwnerInput!) { assignOwner(input: $i) { ok } }"
    assert (await caller.ask(own, i={"ref": "b", "owner": "ops"}))["assignOwner"]["ok"]
    told = (await act(caller, "escalateProblem", **why))["problem"]
    assert told["owner"] == {"key": "ops", "kind": "Group"}
    told = (await act(caller, "escalateProblem", **why, to="ada"))["problem"]
    assert told["owner"] == {"key": "ada", "kind": "Person"}
    shown = [(each["direction"], each["to"][0]["key"]) for each in told["escalations"]]
    assert sorted(shown) == [("functional", "ada"), ("functional", "ops")]


async def test_who_decides_is_told_step_by_step(caller: Caller) -> None:
    """PR10.2: hierarchical escalation, by a path of its own."""
    made = await problem(caller)
    up = {"ref": made["key"], "why": "nobody answers"}
    told = await act(caller, "escalateProblemUp", **up)
    assert [each["code"] for each in told["errors"]] == ["NOBODY_TO_ESCALATE_TO"]
    await act(caller, "assignProblem", ref=made["key"], owner="ada")
    for level in (1, 2):
        told = (await act(caller, "escalateProblemUp", **up))["problem"]
        assert told["escalationLevel"] == level
    steps = {each["step"]: each for each in told["escalations"]}
    assert [each["key"] for each in steps[1]["to"]] == ["ada"]
    assert steps[2]["vacant"] == ["process_manager/pm"]


async def test_an_incident_has_one_cause(caller: Caller) -> None:
    first = await incident(caller, "a")
    made = await problem(caller, incidents=[first])
    told = await act(caller, "registerProblem", title="another", incidents=[first])
    assert [each["code"] for each in told["errors"]] == ["CAUSED_BY_ANOTHER"]
    again = await act(caller, "linkProblem", ref=made["key"], incidents=[first])
    assert again["ok"], "linked already"
    second = await incident(caller, "a")
    more = await act(caller, "linkProblem", ref=made["key"], incidents=[second])
    assert more["problem"]["incidentCount"] == 2


async def test_a_known_error_needs_a_cause_or_a_workaround(caller: Caller) -> None:
    """PR10.3."""
    made = await problem(caller, investigates=["a"])
    told = await act(caller, "registerKnownError", "knownError", problem=made["key"])
    assert [(e["path"], e["requirement"]) for e in told["errors"]] == [(["workaround"], "PR10.3")]
    await act(caller, "diagnoseProblem", ref=made["key"], cause="the firmware leaks")
    told = await act(caller, "registerKnownError", "knownError", problem=made["key"])
    known = told["knownError"]
    assert (known["cause"], known["title"]) == ("the firmware leaks", "A stops")
    assert [each["key"] for each in known["concerns"]] == ["a"]
    assert known["knownFrom"] == {"key": made["key"], "status": "known_error"}
    assert known["reviewDueAt"] is not None


async def test_a_workaround_is_tried_counted_verified_and_told(caller: Caller) -> None:
    """PR10.4: the known error database is kept up to date."""
    made = await problem(caller, investigates=["a"])
    given = {"problem": made["key"], "workaround": "restart it", "carriedOutBy": "ops"}
    known = (await act(caller, "registerKnownError", "knownError", **given))["knownError"]
    ref, one = known["key"], await incident(caller, "a")
    tried = await act(caller, "tryKnownError", "knownError", ref=ref, incident=one, helped=False)
    assert (tried["knownError"]["used"], tried["knownError"]["helped"]) == (1, 0)
    tried = await act(caller, "tryKnownError", "knownError", ref=ref, incident=one, helped=True)
    assert (tried["knownError"]["used"], tried["knownError"]["helped"]) == (1, 1)
    assert tried["knownError"]["triedOn"] == [{"helped": True, "record": {"key": one}}]
    seen = (await act(caller, "verifyKnownError", "knownError", ref=ref))["knownError"]
    assert seen["verifiedBy"] != ""
    assert seen["reviewDueAt"] > known["reviewDueAt"], "what was verified holds longer"
    spread = await act(caller, "communicateKnownError", "knownError", ref=ref, to="the desk")
    assert spread["knownError"]["communicatedTo"] == "the desk"
    other = await act(caller, "describeKnownError", "knownError", ref=ref, workaround="wait")
    assert (other["knownError"]["used"], other["knownError"]["verifiedBy"]) == (0, "")
    document = """query K($w: KnownErrorWhere) { knownErrors(where: $w) { nodes { key } } }"""
    where = {"open": True, "concerns": {"some": {"key": {"eq": "a"}}}, "workaround": {"eq": "wait"}}
    found = (await caller.ask(document, w=where))["knownErrors"]["nodes"]
    assert found == [{"key": ref}]


async def other_way(caller: Caller, known: str, workaround: str, **more: Any) -> Any:
    given = {"knownError": known, "workaround": workaround, **more}
    told = await act(caller, "registerWorkaround", "workaround", **given)
    assert told["ok"], told
    return told["workaround"]


async def known_error(caller: Caller, **more: Any) -> tuple[str, str]:
    """Keys of a problem and of its known error."""
    made = (await problem(caller, investigates=["a"], **more))["key"]
    given = {"problem": made, "workaround": "restart it", "carriedOutBy": "ops"}
    told = await act(caller, "registerKnownError", "knownError", **given)
    return made, told["knownError"]["key"]


async def test_other_ways_that_help_are_kept_beside_its_own(caller: Caller) -> None:
    """PR10.3, PR10.4: each with who carries it out, who saw it, and how often it helped."""
    _, known = await known_error(caller)
    made = await other_way(caller, known, "use the web page\nand wait", carriedOutBy="users")
    assert (made["title"], made["carriedOutBy"]) == ("use the web page", "users")
    assert made["helpsAgainst"] == {"key": known}
    assert made["reviewDueAt"] is not None
    one, two = await incident(caller, "a"), await incident(caller, "a")

    async def on(verb: str, **given: Any) -> Any:
        told = await act(caller, f"{verb}Workaround", "workaround", ref=made["key"], **given)
        assert told["ok"], told
        return told["workaround"]

    counts = []
    for key, helped in ((one, False), (two, True), (one, True)):
        said = await on("try", incident=key, helped=helped)
        counts.append((said["used"], said["helped"]))
    assert counts == [(1, 0), (2, 1), (2, 2)], "each incident counts once, with its last word"
    assert {each["record"]["key"] for each in said["triedFor"]} == {one, two}
    seen = await on("verify")
    assert (seen["verifiedBy"] != "", seen["reviewDueAt"] > made["reviewDueAt"]) == (True, True)
    again = await on("describe", workaround="use the other web page")
    assert (again["used"], again["helped"], again["verifiedAt"]) == (0, 0, None)
    assert again["carriedOutBy"] == "users"
    once = await on("try", incident=one, helped=False)
    assert (once["used"], once["helped"]) == (1, 0), "what helped before was other words"
    asked = "query K($k: String!) { knownError(by: {key: $k}) { used otherWorkarounds { key } } }"
    whole = (await caller.ask(asked, k=known))["knownError"]
    assert whole == {"used": 0, "otherWorkarounds": [{"key": made["key"]}]}
    nobody = {"ref": made["key"], "incident": "INC-999999", "helped": True}
    lost = await act(caller, "tryWorkaround", "workaround", **nobody)
    assert [each["code"] for each in lost["errors"]] == ["NOT_FOUND"]


async def test_a_way_is_retired_alone_or_with_its_known_error(caller: Caller) -> None:
    """PR10.4: what helps no more is not offered."""
    of, known = await known_error(caller)
    alone, left = await other_way(caller, known, "wait"), await other_way(caller, known, "walk")
    empty = await act(caller, "retireWorkaround", "workaround", ref=alone["key"], why=" ")
    assert [each["code"] for each in empty["errors"]] == ["BAD_INPUT"]
    why = {"ref": alone["key"], "why": "it takes too long"}
    gone = (await act(caller, "retireWorkaround", "workaround", **why))["workaround"]
    assert (gone["status"], gone["retiredBecause"]) == ("retired", "it takes too long")
    assert gone["closedAt"] is not None
    for verb, more in (("verify", {}), ("retire", {"why": "x"}), ("describe", {"workaround": "x"})):
        late = await act(caller, f"{verb}Workaround", "workaround", ref=alone["key"], **more)
        assert [each["code"] for each in late["errors"]] == ["ILLEGAL_TRANSITION"]
    done = await act(caller, "rejectProblem", ref=of, why="it is none")
    assert done["ok"], done
    asked = "query W($k: String!) { workaround(by: {key: $k}) { status retiredBecause } }"
    told = [(await caller.ask(asked, k=each["key"]))["workaround"] for each in (alone, left)]
    assert [each["retiredBecause"] for each in told] == [
        "it takes too long",
        f"{known} is retired",
    ]
    late = await act(caller, "registerWorkaround", "workaround", knownError=known, workaround="fly")
    assert [each["code"] for each in late["errors"]] == ["ILLEGAL_TRANSITION"]


async def test_with_the_cause_its_known_errors_go(caller: Caller) -> None:
    """PR10.4: the cause is removed, the problem resolved, the known error retired."""
    made = await problem(caller, investigates=["a"])
    early = await act(caller, "resolveProblem", ref=made["key"], resolution="done")
    assert [e["code"] for e in early["errors"]] == ["ILLEGAL_TRANSITION"], "no cause is known"
    given = {"problem": made["key"], "workaround": "restart it"}
    known = (await act(caller, "registerKnownError", "knownError", **given))["knownError"]
    done = (await act(caller, "resolveProblem", ref=made["key"], resolution="new firmware"))[
        "problem"
    ]
    assert (done["status"], done["closedAt"] is None) == ("resolved", False)
    assert done["knownErrors"] == [{"key": known["key"], "status": "retired"}]
    late = await act(caller, "verifyKnownError", "knownError", ref=known["key"])
    assert [e["code"] for e in late["errors"]] == ["ILLEGAL_TRANSITION"]


async def test_somebody_answers_for_it_and_says_what_was_done(caller: Caller) -> None:
    """PR10.2: an owner, a trace of what was done."""
    made = await problem(caller)
    assert made["owner"] is None
    for owner, kind in (("ops", "Group"), ("ada", "Person")):
        told = (await act(caller, "assignProblem", ref=made["key"], owner=owner))["problem"]
        assert told["owner"] == {"key": owner, "kind": kind}, "nobody else answers for it"
    nobody = await act(caller, "assignProblem", ref=made["key"], owner="eve")
    assert [each["code"] for each in nobody["errors"]] == ["NOT_FOUND"]
    await act(caller, "commentProblem", ref=made["key"], text="looked at it", public=True)
    wiki = "https://wiki.example.org/five-whys"
    told = (await act(caller, "attachProblem", ref=made["key"], url=wiki))["problem"]
    assert [(each["text"], each["public"]) for each in told["comments"]] == [("looked at it", True)]
    assert told["attachments"] == [{"name": "five-whys", "url": wiki}]
    for url, digest, path in (("ftp://x", "", "url"), (wiki, "abc", "digest")):
        refused = await act(caller, "attachProblem", ref=made["key"], url=url, digest=digest)
        assert refused["errors"][0]["path"] == [path]


async def test_an_incident_shows_where_it_comes_from(caller: Caller) -> None:
    one = await incident(caller, "a")
    await incident(caller, "b")  # of which nothing is known
    made = await problem(caller, incidents=[one])
    document = """query I($k: String!) { incident(by: {key: $k}) { causedBy { key status } } }"""
    found = (await caller.ask(document, k=one))["incident"]
    assert found["causedBy"] == {"key": made["key"], "status": "registered"}
    unlinked = """{ incidents(where: {causedBy: {none: {}}}) { totalCount } }"""
    every = "{ incidents { totalCount } }"
    with_cause = """{ incidents(where: {causedBy: {count: {eq: 1}}}) { totalCount } }"""
    counts = [
        (await caller.ask(each))["incidents"]["totalCount"]
        for each in (unlinked, with_cause, every)
    ]
    assert counts[0] + counts[1] == counts[2]
    assert min(counts) > 0


REPORT = """query R($since: DateTime!, $until: DateTime!, $service: ID) {
  problemReport(since: $since, until: $until, service: $service) {
    registered resolved givenUp known open ageing { count } daysToResolve reassigned
    byService { name registered open } byElement { name registered open } byCause { name open }
    bySource { name registered } byCategory { name registered } byGroup { name open }
    withoutWorkaround { key } poor { key lacks } } }"""
PROBLEMS = """{ problems(first: 200) { nodes { key status createdAt closedAt source category
  investigates { key } incidents { services } knownErrors { key createdAt closedAt workaround
  otherWorkarounds { key } } } } }"""
SUSPECT = """mutation C($i: SuspectProblemCauseInput!) {
  suspectProblemCause(input: $i) { ok problemCause { key } } }"""
CONFIRM = "mutation C($i: ConfirmProblemCauseInput!) { confirmProblemCause(input: $i) { ok } }"
ISSUE = "mutation D($i: IssueDocumentInput!) { issueDocument(input: $i) { ok document { key } } }"
NOW = datetime.now(UTC)
EVER = {
    "since": (NOW - timedelta(days=300)).isoformat(),
    "until": (NOW + timedelta(days=1)).isoformat(),
}


async def test_the_report_counts_what_python_counts(caller: Caller) -> None:
    """Of all that the tests of this file have left, and of some more."""
    key = (await problem(caller, investigates=["b"], source="TREND", category="hardware"))["key"]
    await act(caller, "assignProblem", ref=key, owner="ops")
    await act(caller, "assignProblem", ref=key, owner="ada")
    given = {"problem": key, "title": "it leaks", "liesIn": ["b"]}
    made = (await caller.ask(SUSPECT, i=given))["suspectProblemCause"]["problemCause"]["key"]
    told = (await caller.ask(REPORT, **EVER))["problemReport"]
    assert not any(each["name"] == "b" for each in told["byCause"]), "it is not confirmed"
    confirmed = await caller.ask(CONFIRM, i={"ref": made, "evidence": "seen"})
    assert confirmed["confirmProblemCause"]["ok"]
    told = (await caller.ask(REPORT, **EVER))["problemReport"]
    assert {"name": "b", "open": 1} in told["byCause"]
    nodes = (await caller.ask(PROBLEMS))["problems"]["nodes"]
    assert told["registered"] == len(nodes)
    for name, status in (("resolved", "resolved"), ("givenUp", "rejected")):
        assert told[name] == sum(each["status"] == status for each in nodes)
    left = [each for each in nodes if each["closedAt"] is None]
    assert told["open"] == len(left) == sum(each["count"] for each in told["ageing"])
    assert told["known"] == sum(bool(each["knownErrors"]) for each in nodes)
    assert told["reassigned"] >= 1
    errors = [known for each in nodes for known in each["knownErrors"]]
    alone = {
        each["key"]
        for each in errors
        if not each["closedAt"] and not each["workaround"] and not each["otherWorkarounds"]
    }
    assert {each["key"] for each in told["withoutWorkaround"]} == alone
    by = {"byElement": lambda each: [e["key"] for e in each["investigates"]] or ["-"]}
    by["bySource"] = lambda each: [each["source"]]
    by["byCategory"] = lambda each: [each["category"] or "-"]
    by["byService"] = lambda each: sorted(services_of(each)) or ["-"]
    for field, names in by.items():
        counts: dict[str, int] = {}
        for each in nodes:
            for name in names(each):
                counts[name] = counts.get(name, 0) + 1
        assert {e["name"]: e["registered"] for e in told[field]} == counts, field
    one = (await caller.ask(REPORT, **EVER, service="mail"))["problemReport"]
    assert one["registered"] == sum("mail" in services_of(each) for each in nodes)
    poor = {each["key"]: each["lacks"] for each in told["poor"]}
    assert key not in poor, "category, owner and element are there"
    bare = (await problem(caller))["key"]
    told = (await caller.ask(REPORT, **EVER))["problemReport"]
    poor = {each["key"]: each["lacks"] for each in told["poor"]}
    assert poor[bare] == ["category", "owner", "investigates"]


def services_of(problem: Any) -> set[str]:
    reached = {key for each in problem["incidents"] for key in each["services"] or ()}
    return reached | ({e["key"] for e in problem["investigates"]} & {"mail"})


async def test_the_report_is_a_document(caller: Caller) -> None:
    issued = (await caller.ask(ISSUE, i={"kind": "PROBLEM_REPORT", **EVER}))["issueDocument"]
    assert issued["ok"]
    asked = f'{{ documentContent(of: "{issued["document"]["key"]}") {{ html }} }}'
    html = (await caller.ask(asked))["documentContent"]["html"]
    assert "Known errors against which nothing helps" in html
    assert await caller.code(REPORT, since=EVER["until"], until=EVER["since"]) == "BAD_INPUT"


QUALITY = """
query Q($process: String! = "", $kind: String! = "", $open: Boolean, $first: Int! = 100) {
  recordQuality(process: $process, kind: $kind, open: $open, first: $first) {
    kinds { kind open openLacking over overLacking share } records { id kind key open lacks } } }"""


async def test_what_records_lack_is_work(caller: Caller) -> None:
    """Open ones once the time of grace is over, and those that were over."""
    bare = [(await problem(caller))["key"] for _ in range(3)]
    of = {"process": "pm"}
    told = (await caller.ask(QUALITY, **of))["recordQuality"]
    assert {each["kind"] for each in told["kinds"]} == {"Problem", "KnownError"}
    assert not {each["key"] for each in told["records"]} & {*bare}, "they are young"
    nodes = (await caller.ask(PROBLEMS))["problems"]["nodes"]
    (problems,) = [each for each in told["kinds"] if each["kind"] == "Problem"]
    assert problems["open"] == 0
    assert problems["over"] == sum(each["status"] == "resolved" for each in nodes)
    back = "MATCH (p:Problem) WHERE p.key IN $keys SET p.created_at = $at"
    await run(caller.product.graph, back, keys=bare, at=to_text(NOW - timedelta(days=3)))
    told = (await caller.ask(QUALITY, **of, open=True))["recordQuality"]
    (problems,) = [each for each in told["kinds"] if each["kind"] == "Problem"]
    assert (problems["open"], problems["openLacking"], problems["over"]) == (3, 3, 0)
    assert problems["share"] == 0.0
    assert [each["key"] for each in told["records"] if each["kind"] == "Problem"] == bare
    for one in told["records"]:
        assert (one["kind"], one["open"]) == ("Problem", True)
        assert one["lacks"] == ["category", "owner", "investigates"]
    told = (await caller.ask(QUALITY, **of, open=False))["recordQuality"]
    assert all(not each["open"] for each in told["records"])
    whole = (await caller.ask(QUALITY))["recordQuality"]["records"]
    page = """query P($after: ID) { recordQuality(first: 2, after: $after) { records { id } } }"""
    found: list[str] = []
    while rows := (await caller.ask(page, after=found[-1] if found else None))["recordQuality"]:
        if not rows["records"]:
            break
        found += [each["id"] for each in rows["records"]]
    assert found == [each["id"] for each in whole] == sorted(found), "pages are all of it"


async def test_what_nothing_is_asked_of_has_no_list(caller: Caller) -> None:
    for given in ({"process": "cooking"}, {"kind": "Thing"}, {"first": -1}):
        assert await caller.code(QUALITY, **given) == "BAD_INPUT"
