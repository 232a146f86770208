"""What a change is, and who decides on it, by what it alters and by its risk (PR12.1, PR12.4)."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from fitsm_graph.chm.approving import ChangeOutcome
from fitsm_graph.flow.policies import Policies
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.kernel.errors import BadInput, Refused
from fitsm_graph.sms.policies import from_files
from graph.acting import Acting, acting, ruled
from graph.syncing import run


@pytest_asyncio.fixture
async def it(neo4j_endpoint: Endpoint) -> AsyncIterator[Acting]:
    async with acting(neo4j_endpoint) as made:
        yield made


async def test_kinds_and_types_decide_with_what_inherits_from_them(it: Acting) -> None:
    """A rule names the abstract type above a server; what is no server, and no CI, is another."""
    rules = [{"type": "major", "of": ["Host", "Service"]}]
    it.policies = ruled(it.policies, "change-type-criteria", rules=rules, otherwise="normal")
    await it.element("fire", "Firewall")
    for key, type in (("host", "major"), ("mail", "major"), ("fire", "normal")):
        change = await it.record(await it.change(key))
        assert change["type"] == type, (key, change["because"])
    change = await it.record(await it.change("fire", "host"))
    assert change["because"][0] == "major by altering a Host"
    again = await it.act("ann", "change.plan", change["key"], changes=[("fire", "at_risk")])
    assert again["type"] == "normal"
    assert (await it.act("ann", "change.assess", change["key"]))["type"] == "normal"


def by_risk(policies: Policies) -> Policies:
    """A normal change of high risk takes two of three."""
    seed = next(each for each in from_files() if each.kind == "approval-rule")
    types = dict(seed.document["types"])
    several = {"approvers": ["process_manager", "service_owner", "cab_member"], "quorum": 2}
    types["normal"] = {**types["normal"], "risks": {"high": several}}
    return ruled(policies, "approval-rule", types=types)


async def test_a_high_risk_takes_more_than_one(it: Acting) -> None:
    """The manager alone approves what risks little; no second vote of one person helps."""
    it.policies = by_risk(it.policies)
    little, much = await it.change("other"), await it.change("spare")
    await it.act("ann", "change.assess", little)
    one = await it.act("ann", "change.approve", little)
    assert (one["risk_class"], one["status"], one["votes_needed"]) == ("low", "approved", 1)
    points = {"points": 50, "when": {"elements_altered": 1}, "because": "any"}
    it.policies = ruled(it.policies, "risk-points", probability=[points])
    waits = await it.act("ann", "change.assess", much)
    assert (waits["risk_class"], waits["type"], waits["votes_needed"]) == ("high", "normal", 2)
    assert waits["votes_missing"] == ["process_manager", "service_owner", "cab_member"]
    assert (await it.act("ann", "change.approve", much))["status"] == "assessed"
    with pytest.raises(Refused, match="ALREADY_VOTED"):
        await it.act("ann", "change.approve", much)
    done = await it.act("cas", "change.approve", much)
    assert (done["status"], done["votes_missing"]) == ("approved", [])


async def test_a_person_decides_on_another_risk_and_makes_no_way_shorter(it: Acting) -> None:
    """The graver of both says who approves; the next assessment begins anew."""
    it.policies = by_risk(it.policies)
    ref = await it.change("other")
    for given, code in (
        ({"risk_class": "odd", "risk_reason": "x"}, "UNKNOWN_CLASS"),
        ({"risk_class": "high"}, "OVERRIDE_REASON"),
    ):
        with pytest.raises(BadInput) as refused:
            await it.act("ann", "change.assess", ref, **given)
        assert refused.value.code == code
    graver = {"risk_class": "high", "risk_reason": "nobody has done it"}
    raised = await it.act("ann", "change.assess", ref, **graver)
    told = raised["risk_class"], raised["computed_risk_class"], raised["risk_reason"]
    assert told == ("high", "low", "nobody has done it")
    assert raised["votes_needed"] == 2
    back = await it.act("ann", "change.assess", ref)
    assert (back["risk_class"], back.get("risk_reason"), back["votes_needed"]) == ("low", None, 1)
    points = {"points": 50, "when": {"elements_altered": 1}, "because": "any"}
    it.policies = ruled(it.policies, "risk-points", probability=[points])
    lowered = await it.act(
        "ann", "change.assess", ref, risk_class="low", risk_reason="it is a formality"
    )
    assert (lowered["risk_class"], lowered["computed_risk_class"]) == ("low", "high")
    assert lowered["votes_needed"] == 2
    assert (await it.act("ann", "change.approve", ref))["status"] == "assessed"


async def test_what_is_wrong_above_and_below_is_a_risk(it: Acting) -> None:
    """Three steps down, and all that gets worse; further down, beside it, and closed, it is not."""
    for source, target in (("host", "a"), ("a", "b"), ("b", "c"), ("c", "d")):
        await it.element(target)
        await it.depends(source, target)
    near = await it.act("dan", "incident.register", "dark", [("c", "degraded")])
    above = await it.act("dan", "incident.register", "slow", [("mail", "degraded")])
    far = await it.act("dan", "incident.register", "old", [("d", "degraded")])
    beside = await it.act("dan", "incident.register", "loud", [("spare", "degraded")])
    problem = await it.act("dan", "problem.register", "why", investigates=["web"])
    deviations = [
        (await it.act("dan", "deviation.register", each, "another board"))["key"]
        for each in ("host", "b", "spare")
    ]
    key = await it.change()
    before = await it.act("ann", "change.assess", key)
    because = await assessed(it, key)
    around = f"{near['key']}, {above['key']}"
    assert f"open incidents above or below it: {around}" in because
    assert f"open problems above or below it: {problem['key']}" in because
    assert f"open deviations of what it alters: {deviations[0]}" in because
    assert f"open deviations above or below it: {deviations[1]}" in because
    assert "probability +1: incidents are open above or below it (2)" in because
    assert not any(each["key"] in said for said in because for each in (far, beside))
    for each in (near, above):
        await it.act("ann", "incident.resolve", each["key"], "as it was")
    after = await it.act("ann", "change.assess", key)
    assert not any("incidents above" in each for each in await assessed(it, key))
    assert after["risk"] < before["risk"]


async def test_what_went_wrong_with_the_same_type_counts(it: Acting) -> None:
    """Of another server, and not of a firewall; what went well is nothing to fear."""
    await it.element("fire", "Firewall")
    failed = {}
    for element, outcome in (("spare", "failed"), ("other", "successful"), ("fire", "failed")):
        window = {"planned_starts_at": it.soon(seconds=5), "planned_ends_at": it.soon(hours=1)}
        failed[element] = await it.approved(element, **window)
        it.clock.advance(timedelta(seconds=10))
        await it.act("ann", "change.begin", failed[element])
        await it.act("ann", "change.complete", failed[element], outcome=ChangeOutcome(outcome))
    key = await it.change()
    await it.act("ann", "change.assess", key)
    said = "changes of other CIs of its types that went wrong: "
    assert [each for each in await assessed(it, key) if said in each] == [said + failed["spare"]]
    it.clock.advance(timedelta(days=366))
    await it.act("ann", "change.assess", key)
    assert not any(said in each for each in await assessed(it, key))


async def assessed(it: Acting, key: str) -> list[str]:
    """What the last assessment of a change found."""
    found = await run(
        it.graph,
        """MATCH (c:Change {key: $k})<-[:ASSESSES]-(a) WHERE a.created_at = c.assessed_at
        RETURN a.because""",
        k=key,
    )
    return list(found[0][0])
