"""Ways to carry out one change, compared, kept, and one chosen (PR12.3)."""

import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from fitsm_graph.confm.drafts import ElementDraft, RelationDraft
from fitsm_graph.confm.service import register_element, relate, retire_element, unrelate
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.kernel.errors import BadInput, Refused
from graph.acting import SYSTEM, Acting, acting
from graph.syncing import REGISTRY, run
from oracles.impact_oracle import answer

pytestmark = pytest.mark.asyncio(loop_scope="session")
SERVICES = {"shop": ("pair", "db"), "wiki": ("pair",), "logs": ("trio",), "desk": ("shop",)}
GROUPS = {"pair": (1, ("left", "right")), "trio": (2, ("one", "two", "three"))}
CIS = ("left", "right", "one", "two", "three", "disk", "db")
NEEDS = {**SERVICES, "db": ("disk",)}
"""What each needs; groups have a need and members. The oracle is given these, and nothing else."""
STATES = ("down", "degraded", "at_risk")
KEPT = """MATCH (v:ChangeVariant {key: $key})<-[:ASSESSES_VARIANT]-(a:ChangeAssessment)
WITH a ORDER BY a.seq DESC, a.key DESC LIMIT 1
RETURN properties(a), COLLECT { MATCH (a)-[r:REACHES_SERVICE]->(s:Service)
                                RETURN [s.key, r.meanwhile, r.if_fails] ORDER BY s.key },
       COLLECT { MATCH (a)-[c:COLLIDES]->(other) RETURN [other.key, c.how] ORDER BY other.key }"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def it(neo4j_endpoint: Endpoint) -> AsyncIterator[Acting]:
    async with acting(neo4j_endpoint) as made:
        for key in CIS:
            await made.element(key)
        for key in SERVICES:
            draft = ElementDraft(kind="Service", type="", key=key, name=key)
            await made.graph.write(register_element, SYSTEM, REGISTRY, draft)
        for key, (need, members) in GROUPS.items():
            draft = ElementDraft(kind="RedundancyGroup", key=key, name=key, need=need)
            await made.graph.write(register_element, SYSTEM, REGISTRY, draft)
            for member in members:
                tie = RelationDraft(type="HAS_MEMBER", source=key, target=member)
                await made.graph.write(relate, SYSTEM, REGISTRY, tie)
        for source, targets in NEEDS.items():
            for target in targets:
                await made.depends(source, target)
        yield made


def naive(hits: dict[str, str]) -> tuple[dict[str, str], int | None]:
    """States of services by the oracle, and the least margin of groups that lost something."""
    requirements: list[dict[str, Any]] = []
    for source, targets in NEEDS.items():
        for target in targets:
            one = {"of": source, "members": [target], "need": 1, "strength": "hard"}
            requirements.append({**one, "id": f"{source}-{target}"})
    for key, (need, members) in GROUPS.items():
        one = {"id": key, "of": key, "members": [*members], "need": need, "strength": "hard"}
        requirements.append(one)
    case: dict[str, Any] = {"elements": [*CIS, *SERVICES, *GROUPS], "requirements": requirements}
    for state in STATES:
        case[state] = [key for key, each in hits.items() if each == state]
    told = answer(case)
    states = {key: told["states"][key] for key in SERVICES if told["states"][key] != "UP"}
    whole = {key: len(members) - need for key, (need, members) in GROUPS.items()}
    hurt = {key for key in GROUPS if told["states"][key] != "UP"}
    hurt |= {key for key in GROUPS if told["margins"][key] < whole[key]}
    lost = [told["margins"][key] for key in hurt]
    return states, min(lost, default=None)


async def proposed(it: Acting, change: str, title: str, hits: Any = (), **more: Any) -> str:
    made = await it.act("dan", "change_variant.propose", change, title, changes=list(hits), **more)
    return str(made["key"])


async def kept(it: Acting, key: str) -> tuple[dict[str, Any], dict[str, list[str]], list[Any]]:
    ((assessment, services, met),) = await run(it.graph, KEPT, key=key)
    return assessment, {each[0]: each[1:] for each in services}, met


async def test_what_is_kept_of_each_is_what_the_oracle_says(it: Acting) -> None:
    """Ten plans of a change, each computed by hand from what the estate was made of."""
    chance, seen = random.Random(3), set()
    change, plans = await it.change("left"), {}
    for _ in range(10):
        named = chance.sample([*CIS, "logs"], chance.randint(1, 4))
        hits = {key: chance.choice(STATES) for key in named}
        plans[await proposed(it, change, "one of many", hits.items())] = hits
    with pytest.raises(Refused, match="TOO_MANY_VARIANTS"):
        await proposed(it, change, "one too many")
    await it.act("ann", "change.compare_variants", change)
    for key, hits in plans.items():
        assessment, services, _ = await kept(it, key)
        meanwhile, margin = naive(hits)
        fails, _ = naive(dict.fromkeys(hits, "down"))
        assert services == {each: [meanwhile.get(each, "UP"), fails[each]] for each in fails}, hits
        record = await it.record(key)
        counts = (
            sum(each == "DOWN" for each in meanwhile.values()),
            len(meanwhile),
            sum(each == "DOWN" for each in fails.values()),
            margin,
        )
        names = ("services_down", "services_reached", "services_down_if_fails", "margin_left")
        assert tuple(assessment.get(name) for name in names) == counts, hits
        assert tuple(record.get(name) for name in names) == counts
        assert record["risk"] == assessment["probability"] * assessment["consequence"]
        alone = {each for each in hits if "DOWN" in naive({each: "down"})[0].values()}
        ((single,),) = await run(
            it.graph,
            """MATCH (:ChangeVariant {key: $key})<-[:ASSESSES_VARIANT]-(a)
            RETURN COLLECT { MATCH (a)-[:SINGLE_POINT]->(e) RETURN e.key }""",
            key=key,
        )
        assert set(single) == alone
        seen |= set(counts)
    assert {-1, 0, 1, 2, 3, 4, None} <= seen, "plans differ in what they do"


async def test_a_variant_says_what_a_change_of_its_plan_would_say(it: Acting) -> None:
    """The same plan as a change of its own has the same points, reasons, type and collisions."""
    times = {"planned_starts_at": it.soon(days=3), "planned_ends_at": it.soon(days=3, hours=2)}
    other = await it.change("right", effect="down", **times)
    await it.act("dan", "incident.register", "slow", [("db", "degraded")])
    change = await it.change("disk")
    hits = [("left", "down"), ("db", "degraded")]
    key = await proposed(it, change, "both at once", hits, **times)
    later = await proposed(
        it,
        change,
        "a week later",
        hits,
        planned_starts_at=it.soon(days=10),
        planned_ends_at=it.soon(days=10, hours=2),
    )
    await it.act("ann", "change.compare_variants", change, note="as agreed")
    alike = (await it.act("dan", "change.register", "alike", hits, **times))["key"]
    await it.act("ann", "change.assess", alike, note="as agreed")
    ((own,),) = await run(
        it.graph,
        """MATCH (:Change {key: $key})<-[:ASSESSES]-(a:ChangeAssessment) RETURN properties(a)""",
        key=alike,
    )
    assessment, _, met = await kept(it, key)
    fields = ("probability", "consequence", "risk", "risk_class", "because", "margin_left", "note")
    fields += ("services_down", "services_reached_if_fails", "in_maintenance", "fingerprint")
    for name in fields:
        assert assessment.get(name) == own.get(name), name
    assert met == [[other, "joint"]]
    assert (await it.record(key))["type"] == (await it.record(alike))["type"]
    _, _, apart = await kept(it, later)
    assert apart == [], "at another time nobody is in its way"
    later_one = (await it.record(later))["risk"]
    assert later_one < (await it.record(key))["risk"], "a collision is a point"


async def test_one_is_chosen_and_becomes_the_plan(it: Acting) -> None:
    """Votes that were cast for the plan before are worth nothing, and it is assessed anew."""
    change = await it.change("left", effect="down")
    await it.act("ann", "change.assess", change)
    bold = await proposed(it, change, "at once", [("left", "down"), ("right", "down")])
    added = {"add": [{"kind": "Service", "key": "fresh", "name": "Fresh"}]}
    times = {"planned_starts_at": it.soon(days=2), "planned_ends_at": it.soon(days=2, hours=1)}
    calm = await proposed(
        it, change, "one by one", [("right", "at_risk")], difference_of_graph=added, **times
    )
    none = await proposed(it, change, "nobody wants it")
    with pytest.raises(Refused, match="COMPARE_FIRST"):
        await it.act("ann", "change_variant.choose", calm, "the least harm")
    await it.act("ann", "change.compare_variants", change)
    for empty in ("", "   "):
        with pytest.raises(BadInput):
            await it.act("ann", "change_variant.choose", calm, empty)
    declined = await it.act("ann", "change_variant.decline", none, "it is the plan again")
    assert (declined["status"], declined["decided_by"]) == ("declined", "ann")
    chosen = await it.act("ann", "change_variant.choose", calm, "the least harm")
    assert (chosen["status"], chosen["decision"]) == ("chosen", "the least harm")
    other = await it.record(bold)
    assert (other["status"], other["decision"]) == ("declined", f"{calm} was chosen")
    after = await it.record(change)
    assert after["status"] == "registered"
    assert after["planned_starts_at"] == chosen["planned_starts_at"]
    assert after["difference"] == chosen["difference"]
    hits = "MATCH (:Change {key: $key})-[r:CHANGES]->(e) RETURN e.key, r.effect"
    assert await run(it.graph, hits, key=change) == [["right", "at_risk"]]
    with pytest.raises(Refused, match="ILLEGAL_TRANSITION"):
        await it.act("ann", "change.approve", change)
    assert (await it.act("ann", "change.assess", change))["status"] == "assessed"
    for verb in ("choose", "decline"):
        with pytest.raises(Refused, match="ILLEGAL_TRANSITION"):
            await it.act("ann", f"change_variant.{verb}", calm, "again")


async def test_what_is_approved_or_over_is_planned_no_more(it: Acting) -> None:
    change = await it.change("three")
    left = await proposed(
        it,
        change,
        "later",
        planned_starts_at=it.soon(days=2),
        planned_ends_at=it.soon(days=3),
    )
    await it.act("ann", "change.compare_variants", change)
    await it.act("ann", "change.assess", change)
    await it.act("ann", "change.approve", change)
    declined = await it.record(left)
    assert declined["decision"] == f"{change} was approved as it is planned"
    for verb, given in (
        ("change_variant.choose", (left, "still")),
        ("change_variant.propose", (change, "another")),
        ("change.compare_variants", (change,)),
    ):
        with pytest.raises(Refused, match="ILLEGAL_TRANSITION"):
            await it.act("ann", verb, *given)
    await it.act("ann", "change.assess", change)
    assert await proposed(it, change, "once more"), "what is assessed anew is open again"
    for verb, said in (("change.cancel", "was given up"), ("change.reject", "was rejected")):
        gone = await it.change("three")
        key = await proposed(it, gone, "another way")
        await it.act("ann", verb, gone, why="nobody needs it")
        assert (await it.record(key))["decision"] == f"{gone} {said}"
    with pytest.raises(Refused, match="NO_VARIANT"):
        await it.act("ann", "change.compare_variants", await it.change("three"))


async def test_where_the_graph_is_another_it_is_compared_again(it: Acting) -> None:
    """What was compared before stays, and says of which entry it was."""
    change = await it.change("one")
    key = await proposed(it, change, "two of them", [("one", "at_risk"), ("two", "at_risk")])
    await it.act("ann", "change.compare_variants", change)
    before, _, _ = await kept(it, key)
    await it.depends("mail", "one")
    with pytest.raises(Refused, match="COMPARE_FIRST"):
        await it.act("ann", "change_variant.choose", key, "it was harmless")
    await it.act("ann", "change.compare_variants", change)
    after, services, _ = await kept(it, key)
    assert "mail" in services
    assert before["seq"] < after["seq"]
    counted = "MATCH (:ChangeVariant {key: $key})<-[:ASSESSES_VARIANT]-(a) RETURN count(a)"
    assert await run(it.graph, counted, key=key) == [[2]]
    tie = ("DEPENDS_ON", "mail", "one")
    await it.graph.write(unrelate, SYSTEM, REGISTRY, *tie)
    await it.element("lamp")
    doomed = await proposed(it, change, "with a lamp", [("lamp", "down")])
    await it.act("ann", "change.compare_variants", change)
    await it.graph.write(retire_element, SYSTEM, REGISTRY, "lamp")
    with pytest.raises(Refused, match="ELEMENT_GONE"):
        await it.act("ann", "change_variant.choose", doomed, "it is bright")
