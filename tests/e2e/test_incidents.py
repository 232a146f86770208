"""An incident from registration on: classified, prioritised from the graph, and why (PR9.1)."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from e2e.calling import Caller, calling, emptied
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import Request
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.isrm.service import register_incident
from fitsm_graph.sms import service as sms

SHOWN = """key status category impact urgency priority computedImpact computedUrgency
    computedPriority overrideImpact overrideReason because servicesDown servicesReached
    customersReached usersReached majorCriteria assessedSeq affects { element { key } effect }"""
TOLD = f"{{ ok dryRun seq errors {{ code message path }} incident {{ {SHOWN} }} }}"
ACT = (
    "mutation A($i: {input}!, $dry: Boolean! = false) {{ {verb}(input: $i, dryRun: $dry) {told} }}"
)
REGISTER, AFFECT, CLEAR, CLASSIFY, PRIORITISE, RESOLVE = (
    ACT.format(input=f"{verb[0].upper()}{verb[1:]}Input", verb=verb, told=TOLD)
    for verb in (
        "registerIncident",
        "setIncidentEffect",
        "clearIncidentEffect",
        "classifyIncident",
        "prioritiseIncident",
        "resolveIncident",
    )
)
ELEMENT = (
    "mutation E($i: RegisterElementInput!) { registerElement(input: $i) { ok errors { code } } }"
)
TIE = "mutation T($i: RelateInput!) { relateElements(input: $i) { ok errors { code } } }"
ESTATE = [
    {"kind": "Service", "key": "mail", "name": "Mail", "criticality": 1},
    {"kind": "Service", "key": "wiki", "name": "Wiki", "criticality": 3},
    {"kind": "ServiceComponent", "key": "store", "name": "Store"},
    {"kind": "RedundancyGroup", "key": "pair", "name": "1 of 2", "need": 1},
    {"kind": "CI", "type": "Server", "key": "a", "name": "A"},
    {"kind": "CI", "type": "Server", "key": "b", "name": "B"},
    {"kind": "CI", "type": "Application", "key": "engine", "name": "Wiki engine"},
]
NEEDS = [
    ("DEPENDS_ON", "mail", "store"),
    ("DEPENDS_ON", "store", "pair"),
    ("HAS_MEMBER", "pair", "a"),
    ("HAS_MEMBER", "pair", "b"),
    ("DEPENDS_ON", "wiki", "engine"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def caller(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Caller]:
    await emptied(neo4j_endpoint)
    async with calling(neo4j_endpoint, tmp_path_factory.mktemp("product")) as made:
        for each in ESTATE:
            assert (await made.ask(ELEMENT, i=each))["registerElement"]["ok"], each
        for type, source, target in NEEDS:
            tie = {"type": type, "source": source, "target": target}
            assert (await made.ask(TIE, i=tie))["relateElements"]["ok"], tie
        asked = Request(actor="test", via="test")
        write = made.product.graph.write
        for key, users in (("uni", 1500), ("lab", 40)):
            given = {"key": key, "name": key, "user_count": users}
            await write(sms.register_party, asked, "Customer", given)
        for customer, service in (("uni", "mail"), ("lab", "mail"), ("lab", "wiki")):
            await write(sms.tie, asked, "RECEIVES", customer, service)
        yield made


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def nothing_left(caller: Caller) -> AsyncIterator[None]:
    """Every test begins on an estate in which all is well."""
    yield
    found = (await caller.ask("{ incidents(where: {open: true}) { nodes { key } } }"))["incidents"][
        "nodes"
    ]
    for each in found:
        await resolved(caller, each)


async def act(caller: Caller, document: str, *, dry: bool = False, **given: Any) -> Any:
    return next(iter((await caller.ask(document, i=given, dry=dry)).values()))


async def registered(caller: Caller, element: str, effect: str = "DOWN", **more: Any) -> Any:
    hit = [{"element": element, "effect": effect}]
    told = await act(caller, REGISTER, title="trouble", affects=hit, **more)
    assert told["ok"], told
    return told["incident"]


async def resolved(caller: Caller, incident: Any) -> None:
    told = await act(caller, RESOLVE, ref=incident["key"], resolution="done")
    assert told["ok"], told


@pytest.mark.parametrize(
    ("element", "effect", "classes", "reached"),
    [
        ("pair", "DOWN", ("high", "medium", 2), (1, 1, 2, 1540)),
        ("a", "DOWN", ("medium", "medium", 3), (0, 1, 2, 1540)),
        ("engine", "DOWN", ("medium", "medium", 3), (1, 1, 1, 40)),
        ("engine", "DEGRADED", ("low", "low", 4), (0, 1, 1, 40)),
    ],
)
async def test_impact_and_urgency_come_from_the_graph(
    caller: Caller,
    element: str,
    effect: str,
    classes: tuple[str, str, int],
    reached: tuple[int, ...],
) -> None:
    made = await registered(caller, element, effect)
    assert (made["impact"], made["urgency"], made["priority"]) == classes
    found = ("servicesDown", "servicesReached", "customersReached", "usersReached")
    assert tuple(made[name] for name in found) == reached


async def test_a_second_incident_of_the_same_fault_is_as_grave(caller: Caller) -> None:
    first = await registered(caller, "pair")
    second = await registered(caller, "pair")
    assert (second["impact"], second["because"]) == (first["impact"], first["because"])


async def test_its_priority_follows_what_it_affects(caller: Caller) -> None:
    made = await registered(caller, "a", category="storage")
    assert (made["category"], made["priority"], made["majorCriteria"]) == ("storage", 3, [])
    told = await act(caller, AFFECT, ref=made["key"], element="b", effect="DOWN")
    assert told["incident"]["priority"] == 2
    assert "critical-service-down" in told["incident"]["majorCriteria"]
    assert "Mail (mail) UP → DOWN, criticality 1" in told["incident"]["because"][0]
    told = await act(caller, CLEAR, ref=made["key"], element="b")
    assert (told["incident"]["priority"], told["incident"]["majorCriteria"]) == (3, [])


async def test_it_is_prioritised_anew_when_the_graph_has_changed(caller: Caller) -> None:
    made = await registered(caller, "a")
    other = await registered(caller, "b")
    assert (made["priority"], other["priority"]) == (3, 2), "the second one took the last of two"
    again = await act(caller, PRIORITISE, ref=made["key"])
    assert again["incident"]["priority"] == 2
    assert again["incident"]["assessedSeq"] > made["assessedSeq"]
    await resolved(caller, other)
    again = await act(caller, PRIORITISE, ref=made["key"])
    assert again["incident"]["priority"] == 3


async def test_an_assessment_that_says_the_same_writes_nothing(caller: Caller) -> None:
    made = await registered(caller, "a")
    for again in (
        await act(caller, PRIORITISE, ref=made["key"]),
        await act(caller, AFFECT, ref=made["key"], element="a", effect="DOWN"),
    ):
        assert (again["ok"], again["seq"]) == (True, None)
        assert again["incident"]["assessedSeq"] == made["assessedSeq"]


async def test_a_person_decides_otherwise_with_a_reason(caller: Caller) -> None:
    made = await registered(caller, "engine")
    wrong = await act(caller, PRIORITISE, ref=made["key"], impact="high")
    assert [each["code"] for each in wrong["errors"]] == ["OVERRIDE_REASON"]
    graver = {"impact": "high", "overrideReason": "open day"}
    tried = await act(caller, PRIORITISE, dry=True, ref=made["key"], **graver)
    assert (tried["seq"], tried["incident"]["priority"]) == (None, 2)
    told = (await act(caller, PRIORITISE, ref=made["key"], **graver))["incident"]
    assert (told["impact"], told["computedImpact"], told["priority"]) == ("high", "medium", 2)
    assert (told["computedPriority"], told["overrideReason"]) == (3, "open day")
    kept = await act(caller, AFFECT, ref=made["key"], element="a", effect="DOWN")
    assert kept["incident"]["overrideImpact"] == "high", "new effects do not undo a decision"
    back = (await act(caller, PRIORITISE, ref=made["key"]))["incident"]
    assert (back["overrideImpact"], back["overrideReason"]) == (None, None)
    assert back["impact"] == back["computedImpact"]


async def test_a_dry_run_shows_the_record_as_it_would_be(caller: Caller) -> None:
    """What nobody has said has the value that it would have, and links are as they are."""
    whole = "key resolution description affects { element { key } effect } owner { key }"
    hit = [{"element": "a"}]
    new = f"""mutation A($i: RegisterIncidentInput!) {{ registerIncident(input: $i, dryRun: true) {{
      seq incident {{ {whole} }} }} }}"""
    told = (await caller.ask(new, i={"title": "x", "affects": hit}))["registerIncident"]
    fresh = told["incident"]
    assert (fresh["resolution"], fresh["description"], fresh["affects"]) == ("", "", [])
    made = await registered(caller, "a")
    known = f"""mutation A($i: ResolveIncidentInput!) {{ resolveIncident(input: $i, dryRun: true) {{
      seq incident {{ {whole} }} }} }}"""
    given = {"ref": made["key"], "resolution": "it was the fan"}
    told = (await caller.ask(known, i=given))["resolveIncident"]
    assert (told["seq"], told["incident"]["resolution"]) == (None, "it was the fan")
    assert told["incident"]["affects"] == [{"element": {"key": "a"}, "effect": "DOWN"}]


async def test_it_is_classified_by_the_scheme_until_it_is_resolved(caller: Caller) -> None:
    made = await registered(caller, "engine")
    told = await act(caller, CLASSIFY, ref=made["key"], category="application")
    assert told["incident"]["category"] == "application"
    wrong = await act(caller, CLASSIFY, ref=made["key"], category="printer")
    assert [each["code"] for each in wrong["errors"]] == ["UNKNOWN_CATEGORY"]
    await resolved(caller, made)
    late = await act(caller, CLASSIFY, ref=made["key"], category="storage")
    assert [each["code"] for each in late["errors"]] == ["ILLEGAL_TRANSITION"]


async def test_a_verb_costs_few_statements(caller: Caller) -> None:
    """Head, elements, people, write; the snapshot is up to date already."""
    product = caller.product
    reaching = Reaches(await product.snapshot.current())
    asked = Request(actor="test", via="test")
    before = product.graph.statements
    given = (product.policies, reaching, "trouble", [("pair", "down")])
    await product.graph.write(register_incident, asked, *given)
    assert product.graph.statements - before == 4
