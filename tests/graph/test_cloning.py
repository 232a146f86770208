"""What a record that is made like another one has of it, and what it never has (PR9.1 – PR14.1)."""

import types
from collections.abc import AsyncIterator
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

import pytest
import pytest_asyncio

from fitsm_graph.confm.service import retire_element
from fitsm_graph.flow.cloning import TAKEN
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import VERBS
from fitsm_graph.isrm.request_rules import OfferingStep
from fitsm_graph.kernel.errors import NotFound, Refused
from fitsm_graph.model.declare import RECORDS, RELATIONS
from fitsm_graph.model.process import CLONED_FROM, CLONED_KINDS
from graph.acting import SYSTEM, Acting, acting
from graph.syncing import REGISTRY, run

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Said(NamedTuple):
    """Of a kind: what is copied, and what never is. Together they are all that there is of it."""

    copied: str
    never: str
    ties: str
    other_ties: str


RECORD = "id key created created_at version updated_at retired status closed_at"
WEIGHED = """impact urgency priority computed_impact computed_urgency computed_priority
    override_impact override_urgency override_reason because"""
STEPS = "step_lists steps_total steps_open"
OF_ALL = "OWNED_BY CLONED_FROM"
SAID = {
    "Incident": Said(
        copied="title description category",
        never=f"""{RECORD} {WEIGHED} {STEPS} starts_at ends_at resolution closure_code cause
            resolved_at confirmed reopened reopen_reason responded_at response_due_at
            resolution_due_at target_priority agreed waiting_for waiting_reason escalation_level
            users_updated_at next_update_due_at major_since major_reason stood_down_at alert
            alert_count similar similar_because needs_element suggested_category
            suggested_category_because services_down services_reached services customers_reached
            users_reached assessed_seq major_criteria""",
        ties="AFFECTS",
        other_ties=f"""{OF_ALL} REPORTED_BY MAY_AFFECT CHILD_OF CAUSED_IN CAUSED_BY HELPED_BY
            HELPED_WITH WAS_SHOWN COORDINATED_BY""",
    ),
    "ServiceRequest": Said(
        copied="title description category",
        never=f"""{RECORD} {WEIGHED} {STEPS} registered_by resolution closure_code resolved_at
            confirmed reopened reopen_reason responded_at response_due_at resolution_due_at
            target_priority agreed waiting_for waiting_reason escalation_level users_updated_at
            next_update_due_at""",
        ties="REQUESTS REQUESTED_BY",
        other_ties=OF_ALL,
    ),
    "Problem": Said(
        copied="title description source category",
        never=f"""{RECORD} {WEIGHED} services_down services_reached due_at escalation_level
            incident_count incident_hours cause resolution decision""",
        ties="INVESTIGATES",
        other_ties=f"{OF_ALL} REPORTED_BY ARISES_FROM TURNED_INTO",
    ),
    "Release": Said(
        copied="title description urgent",
        never=f"""{RECORD} requester escalation_level type computed_type override_type
            override_reason because services_down services_reached strategy cycle_of cycle_key
            cut_off_at planned_starts_at planned_ends_at schedule_findings order worst plan_reason
            spare waves_planned waves_least phases_planned plan_seq plan_fingerprint planned_by
            build built_by accepted_by accepted_at failures begun_at deployed_at deployers outcome
            watched_until review_due_at decision isrm_told""",
        ties="",
        other_ties=f"{OF_ALL} CONTAINS LEFT_OUT",
    ),
    "Suggestion": Said(
        copied="title description source",
        never=f"""{RECORD} finding times_seen value computed_value value_because value_reason
            effort urgency score because decision""",
        ties="WOULD_IMPROVE",
        other_ties=f"{OF_ALL} REPORTED_BY COMES_FROM",
    ),
    "Improvement": Said(
        copied="title description",
        never=f"{RECORD} due_at escalation_level implemented_at effect review",
        ties="FOLLOWS",
        other_ties=f"{OF_ALL} AIMS_AT SHOWN_BY",
    ),
}
MARKS: dict[Any, Any] = {str: "marked", int: 4711, float: 4711.5, bool: True}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def it(neo4j_endpoint: Endpoint) -> AsyncIterator[Acting]:
    async with acting(neo4j_endpoint) as made:
        yield made


async def made(it: Acting, kind: str) -> str:
    """A record of a kind by people, with all that could be taken over of it."""
    said = {"description": "what is known"}
    if kind == "ServiceRequest":
        offering = await offered(it)
        more = {**said, "title": "mine", "requester": "dan"}
        key = (await it.act("dan", "service_request.register", offering, **more))["key"]
        await it.act("ann", "service_request.classify", key, "account")
    elif kind == "Incident":
        hit = [("host", "degraded"), ("mail", "at_risk")]
        more = {**said, "category": "hardware", "reporter": "dan"}
        key = (await it.act("ann", "incident.register", "it hums", hit, **more))["key"]
    elif kind == "Improvement":
        suggestion = (await it.act("dan", "suggestion.register", "more", **said))["key"]
        classes = {"value": "low", "value_reason": "little", "effort": "low", "urgency": "low"}
        await it.act("ann", "suggestion.evaluate", suggestion, **classes)
        key = (await it.act("ann", "suggestion.accept", suggestion, "so be it"))["key"]
    elif kind == "Problem":
        found = {"investigates": ["host", "spare"], "source": "analysis", "category": "hardware"}
        key = (await it.act("ann", "problem.register", "it stops", **said, **found))["key"]
    elif kind == "Release":
        key = (await it.act("dan", "release.register", "spring", **said, urgent=True))["key"]
    else:
        about = {"would_improve": ["host", "mail"], "source": "audit", "finding": f"f/{it.soon()}"}
        key = (await it.act("dan", "suggestion.register", "more", **said, **about))["key"]
    await it.act("ann", f"{RECORDS[kind].group}.assign", key, "bob")
    return str(key)


async def offered(it: Acting) -> str:
    """Key of what is offered; the same one, as long as it is."""
    asked = "MATCH (o:RequestOffering {status: 'offered'}) RETURN o.key"
    for (key,) in await run(it.graph, asked):
        return str(key)
    what = ("ann", "request_offering.register", "a mailbox", "mail")
    return str((await it.act(*what, steps=[OfferingStep("make it")]))["key"])


async def clone(it: Acting, kind: str, key: str, actor: str = "eve", **more: Any) -> str:
    return str((await it.act(actor, f"{RECORDS[kind].group}.clone", key, **more))["key"])


@pytest.mark.parametrize("kind", SAID)
async def test_of_each_field_it_is_said_whether_it_is_copied(kind: str) -> None:
    said = SAID[kind]
    copied, never = set(said.copied.split()), set(said.never.split())
    assert not copied & never
    assert copied | never == set(fields_of(kind)), "say of a new field whether it is copied"
    assert copied == {"title", *TAKEN[kind].fields}
    ties, others = set(said.ties.split()), set(said.other_ties.split())
    there = {name for name, each in RELATIONS.items() if kind in each.sources}
    assert not ties & others
    assert ties | others == there, "say of a new relation whether it is copied"
    assert ties == set(TAKEN[kind].ties)


async def test_of_all_kinds_that_are_cloned_it_is_said() -> None:
    cloned = {name.removesuffix(".clone") for name in VERBS if name.endswith(".clone")}
    assert {RECORDS[kind].group for kind in CLONED_KINDS} == cloned
    assert set(SAID) | {"Change"} == set(TAKEN) == set(CLONED_KINDS)


@pytest.mark.parametrize("kind", SAID)
async def test_a_clone_has_what_it_should_and_nothing_else(it: Acting, kind: str) -> None:
    first = await made(it, kind)
    alike = await it.record(await made(it, kind))
    said = SAID[kind]
    never = set(said.never.split()) - {"id", "key", "cycle_key"}
    marks = {name: mark_of(fields_of(kind)[name]) for name in never}
    await run(it.graph, "MATCH (r:Record {key: $k}) SET r += $marks", k=first, marks=marks)
    second = await clone(it, kind, first)
    old, new = await it.record(first), await it.record(second)
    assert set(new) <= set(fields_of(kind)), "nothing that is not declared"
    for name in said.copied.split():
        assert new[name] == old[name], name
    for name in never:
        assert name not in new or new[name] != marks[name], name
    own = {"requester", "registered_by", "finding", "similar", "similar_because", "assessed_seq"}
    as_registered = never - set(RECORD.split()) - own
    times = {name for name in as_registered if name.endswith("_at")}
    for name in as_registered - times:
        assert new.get(name) == alike.get(name), f"{name} is that of one that was registered"
    for name in times:
        assert (new.get(name) is None) == (alike.get(name) is None), name
    assert new["status"] == alike["status"]
    for name in {"requester", "registered_by"} & set(new):
        assert new[name] == "eve"


@pytest.mark.parametrize("kind", SAID)
async def test_a_clone_leads_where_it_should_and_nowhere_else(it: Acting, kind: str) -> None:
    first = await made(it, kind)
    second = await clone(it, kind, first)
    ties = set(SAID[kind].ties.split())
    old = {each for each in await led_to(it, first) if each[0] in ties}
    assert {type for type, _ in old} == ties
    reporter = {("REPORTED_BY", "eve")} if kind in {"Problem", "Suggestion"} else set()
    assert await led_to(it, second) == old | {(CLONED_FROM.type, first)} | reporter
    steps = "MATCH (r:Record {key: $k})<-[t]-(o) RETURN DISTINCT type(t)"
    assert {type for (type,) in await run(it.graph, steps, k=second)} <= {"STEP_OF"}


@pytest.mark.parametrize("kind", SAID)
async def test_it_is_called_otherwise_whatever_became_of_the_other(it: Acting, kind: str) -> None:
    first = await made(it, kind)
    over = "MATCH (r:Record {key: $k}) SET r.status = 'rejected', r.closed_at = $at"
    await run(it.graph, over, k=first, at=it.soon())
    before = it.graph.statements
    second = await clone(it, kind, first, title=" the next ")
    assert it.graph.statements - before <= 4 + SNAPSHOT
    assert (await it.record(second))["title"] == "the next"
    third = await clone(it, kind, second)
    assert (CLONED_FROM.type, second) in await led_to(it, third)


SNAPSHOT = 1
"""What is asked of the graph before a verb, so that it can say what elements do."""


@pytest.mark.parametrize("kind", SAID)
async def test_nothing_is_made_like_what_is_not_there(it: Acting, kind: str) -> None:
    (other,) = [each for each in SAID if each == ("Problem" if kind != "Problem" else "Release")]
    for ref in ("NONE-000001", await made(it, other)):
        with pytest.raises(NotFound):
            await clone(it, kind, ref)


async def test_what_is_retired_is_not_led_to(it: Acting) -> None:
    await it.element("gone")
    problem = (await it.act("ann", "problem.register", "p", investigates=["gone"]))["key"]
    more = {"would_improve": ["gone"]}
    suggestion = (await it.act("ann", "suggestion.register", "s", **more))["key"]
    incident = (await it.act("ann", "incident.register", "i", [("gone", "down")]))["key"]
    await it.act("ann", "incident.resolve", incident, "it is thrown away")
    await it.graph.write(retire_element, SYSTEM, REGISTRY, "gone")
    for kind, key in (("Problem", problem), ("Suggestion", suggestion), ("Incident", incident)):
        with pytest.raises(Refused, match="CLONE_OF_RETIRED"):
            await clone(it, kind, key)
    there = await clone(it, "Incident", incident, affects=[("spare", "down")])
    assert ("AFFECTS", "spare") in await led_to(it, there)


async def test_the_same_incident_again_elsewhere(it: Acting) -> None:
    first = await made(it, "Incident")
    given = {"affects": [("other", "down")], "title": "it hums at the other site"}
    second = await clone(it, "Incident", first, reporter="cas", **given)
    ties = {("AFFECTS", "other"), (CLONED_FROM.type, first), ("REPORTED_BY", "cas")}
    assert await led_to(it, second) == ties
    effect = "MATCH ({key: $k})-[a:AFFECTS]->() RETURN a.effect"
    assert [each for (each,) in await run(it.graph, effect, k=second)] == ["down"]
    like = await clone(it, "Incident", first)
    assert sorted(each for (each,) in await run(it.graph, effect, k=like)) == [
        "at_risk",
        "degraded",
    ]
    assert first in (await it.record(like))["similar"], "it is looked for as for any other"
    with pytest.raises(NotFound):
        await clone(it, "Incident", first, reporter="nobody")


async def test_another_person_asks_for_what_is_offered_still(it: Acting) -> None:
    first = await made(it, "ServiceRequest")
    second = await clone(it, "ServiceRequest", first, requester="cas")
    assert ("REQUESTED_BY", "cas") in await led_to(it, second)
    ((offering,),) = await run(it.graph, "MATCH ({key: $k})-[:REQUESTS]->(o) RETURN o.key", k=first)
    await it.act("ann", "request_offering.withdraw", offering)
    with pytest.raises(Refused, match="ILLEGAL_TRANSITION"):
        await clone(it, "ServiceRequest", first)


async def test_a_category_that_there_is_no_more_is_left_out(it: Acting) -> None:
    first = await made(it, "Problem")
    forget = "MATCH (r:Record {key: $k}) SET r.category = 'of old'"
    await run(it.graph, forget, k=first)
    assert (await it.record(await clone(it, "Problem", first)))["category"] == ""


async def led_to(it: Acting, key: str) -> set[tuple[str, str]]:
    """Relations that lead from a record, with the key of what they lead to."""
    asked = "MATCH (r:Record {key: $k})-[t]->(o) RETURN type(t), o.key"
    return {(type, other) for type, other in await run(it.graph, asked, k=key)}


def fields_of(kind: str) -> dict[str, Any]:
    """Fields of a kind with their types."""
    return get_type_hints(RECORDS[kind].cls)


def mark_of(hint: Any) -> Any:
    """A value of a type that nothing else has."""
    if get_origin(hint) in {Union, types.UnionType}:
        (hint,) = (each for each in get_args(hint) if each is not type(None))
    return ["marked"] if get_origin(hint) is list else MARKS[hint]
