"""Incidents are looked through once for each period, and what stands out is decided on (PR10.1)."""

import random
from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

from fitsm_graph.confm.drafts import ElementDraft, RelationDraft
from fitsm_graph.confm.service import register_element, relate
from fitsm_graph.flow.periods import SETTLED, Period, last_whole
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.scheduler import Turn, Went
from fitsm_graph.flow.weighing import DEFAULT
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import Request
from fitsm_graph.impact.common import common_need
from fitsm_graph.impact.mapped import Mapped
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import Forbidden, Refused
from fitsm_graph.pm.due import reviewing
from fitsm_graph.pm.looking import look
from fitsm_graph.pm.trend_rules import RULES
from fitsm_graph.pm.trending import begin_trend_review
from graph.conformity_story import DAY, SYSTEM, Story, told
from graph.syncing import REGISTRY, run
from oracles.naive_trends import naive_trends

pytestmark = pytest.mark.asyncio(loop_scope="session")
Rows = Mapping[str, Any]
WEIGHTS = {1: 8, 2: 4, 3: 2}


async def mapped_of(story: Story) -> Mapped:
    return (await story.snapshot.current()).mapped


async def turn(story: Story, *, at: str) -> Went:
    """What the job does once what belongs to a period has settled."""
    story.clock.set(max(from_text(at) + SETTLED, story.clock.now()))

    async def policies() -> Policies:
        return story.policies

    async def mapped() -> Mapped:
        return await mapped_of(story)

    return await reviewing(story.graph, policies, mapped).run(Turn(story.clock.now(), ""))


async def related(story: Story, source: str, target: str) -> None:
    tie = RelationDraft(type="DEPENDS_ON", source=source, target=target)
    await story.graph.write(relate, SYSTEM, REGISTRY, tie)


async def incident(story: Story, hit: str, **more: Any) -> str:
    """One that nobody owns and that is resolved at once."""
    key = await story.incident(hit, owner="", begun=False, **more)
    await story.resolved(key)
    return key


async def findings(story: Story) -> list[Rows]:
    """All of them, by key, with what each is tied to."""
    asked = """MATCH (f:TrendFinding) RETURN f {.*,
      counts: COUNT { (f)-[:COUNTS]->(:Incident) },
      stands_out: head([(f)-[:STANDS_OUT]->(e) | e.key]),
      hangs_on: head([(f)-[:HANGS_ON]->(e) | e.key]),
      answered_by: head([(f)-[:ANSWERED_BY]->(p) | p.key])} ORDER BY f.key"""
    return [row for (row,) in await run(story.graph, asked)]


async def read_out(story: Story) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Incidents and elements by one plain question each."""
    asked = """MATCH (i:Incident) WHERE i.status <> 'rejected'
      RETURN i {.*, affects: [(i)-[:AFFECTS]->(e) | e.id], causes: [(i)-[:CAUSED_IN]->(e) | e.id],
        parent: COUNT { (i)-[:CHILD_OF]->() }} ORDER BY i.id"""
    incidents = [row for (row,) in await run(story.graph, asked) if row["parent"] == 0]
    asked = "MATCH (e:Element) RETURN labels(e), properties(e)"
    kinds = {"Service", "ServiceComponent", "CI", "RedundancyGroup"}
    elements = {
        row["id"]: {**row, "kind": min(kinds & set(labels)), "type": row.get("type")}
        for labels, row in await run(story.graph, asked)
    }
    keys = {row["key"]: id for id, row in elements.items()}
    for row in incidents:
        row["services"] = [keys[each] for each in row.get("services") or []]
        row["reached"] = row.get("services_reached")
        row["category"] = row.get("category") or ""
        for name in ("priority", "ends_at"):
            row.setdefault(name, None)
    return incidents, elements


async def history(story: Story, weeks: int) -> list[str]:
    """Some weeks with incidents here and there; in the last one two hosts behind a switch fail."""
    chance = random.Random(5)
    switch, *hosts = [await story.element() for _ in range(7)]
    critical = await story.element(critical=True)
    for host in hosts[:2]:
        await related(story, host, switch)
    await related(story, critical, hosts[5])
    for week in range(weeks):
        for day in range(7):
            if week == weeks - 1:
                for host in hosts[:2]:
                    await incident(story, host)
            elif day == 2:
                hit = chance.choice([*hosts, critical])
                await incident(story, hit, category=chance.choice(["storage", "network", ""]))
            await story.passes(DAY)
    return [switch, *hosts]


async def test_a_week_is_looked_through_once_and_says_what_the_definition_says(
    neo4j_endpoint: Endpoint,
) -> None:
    async with told(neo4j_endpoint) as story:
        switch, one, other, *_ = await history(story, 6)
        (week,) = last_whole(story.policies.find(RULES, DEFAULT).value.every, story.clock.now())  # type: ignore[union-attr]
        version = story.policies.find(RULES, DEFAULT)
        assert version is not None
        looked = await look(story.graph, await mapped_of(story), version, week)
        incidents, elements = await read_out(story)
        began = (await run(story.graph, "MATCH (e:LedgerEntry) RETURN min(e.at)"))[0][0]
        second = naive_trends(
            [row for row in incidents if looked.trends.window.past_since <= row["created_at"]],
            elements,
            {"least": 3, "level": Fraction(1, 20), "weights": WEIGHTS, "otherwise": 1},
            {"past": to_text(from_text(week.since) - 84 * DAY), "since": week.since,
             "until": week.until, "began": began},
        )  # fmt: skip
        mine = {
            (str(each.subject.dimension), each.subject.name): (
                each.p_value,
                each.q_value,
                each.cost,
            )
            for each in looked.trends.tested
        }
        assert mine == {
            name: (it["p"], it["q"], it["cost"]) for name, it in second["tests"].items()
        }
        ranked = [
            (str(each.subject.dimension), each.subject.name) for each in looked.trends.significant
        ]
        assert ranked == second["ranked"]
        assert len(ranked) >= 2

        assert (await turn(story, at=week.until)).said == "1 period looked through"
        made = await findings(story)
        assert [each["rank"] for each in made] == list(range(1, len(ranked) + 1))
        assert [(each["p_value"], each["q_value"]) for each in made] == [
            (float(second["tests"][each]["p"]), float(second["tests"][each]["q"]))
            for each in ranked
        ]
        hosts = {each["stands_out"]: each for each in made if each["dimension"] == "ci"}
        assert set(hosts) == {one, other}
        assert hosts[one]["hangs_on"] == one, "what fails alone is its own suspect"
        whole = next(each for each in made if each["word"] == "Server")
        assert (whole["hangs_on"], whole["hops"]) == (switch, 1), "all of them hang on the switch"
        assert (await turn(story, at=week.until)).said == "", "and no second time"
        assert await findings(story) == made


async def test_what_is_found_again_is_counted_and_comes_back_once_it_grows(
    neo4j_endpoint: Endpoint,
) -> None:
    async with told(neo4j_endpoint) as story:
        hit = await story.element()
        since = await story.again_and_again(hit)
        review = await story.reviewed(since)
        first = await findings(story)
        assert {each["counts"] for each in first} == {5}
        before = (await run(story.graph, "MATCH (n:Record) RETURN count(n)"))[0][0]
        period = Period(since, to_text(story.clock.now() - timedelta(seconds=1)))
        await again(story, period)
        after = await findings(story)
        assert [each["key"] for each in after] == [each["key"] for each in first]
        assert {each["times_seen"] for each in after} == {2}
        assert (await run(story.graph, "MATCH (n:Record) RETURN count(n)"))[0][0] == before

        with pytest.raises(Refused, match="FINDINGS_UNDECIDED"):
            await story.act("trend_review.conclude", review, "nothing")
        for each in first:
            await story.act("trend_finding.dismiss", each["key"], "a test", by="ann")
        await again(story, period)
        quiet = await findings(story)
        assert {(each["status"], each["times_seen"]) for each in quiet} == {("dismissed", 3)}
        await story.act("trend_review.conclude", review, "tests")

        for count, fresh in ((6, 0), (8, len(first))):  # half as many again are 7.5
            await story.passes(20 * DAY)
            begun = to_text(story.clock.now())
            for _ in range(count):
                await incident(story, hit)
            await story.reviewed(begun)
            made = (await findings(story))[len(first) :]
            assert len(made) == fresh
        assert {each["came_back_from"] for each in made} == {each["key"] for each in first}
        assert {each["reopened"] for each in made} == {1}


async def again(story: Story, period: Period) -> None:
    """The same period once more, some time later."""
    version = story.policies.find(RULES, DEFAULT)
    assert version is not None
    looked = await look(story.graph, await mapped_of(story), version, period)
    given = {"since": period.since, "until": period.until}
    await story.act("trend_review.begin", looked, **given)


async def test_a_finding_becomes_a_problem_or_part_of_one(neo4j_endpoint: Endpoint) -> None:
    """One transaction: the problem, its incidents, its suspects, and the decision."""
    async with told(neo4j_endpoint) as story:
        hit = await story.element()
        review = await story.reviewed(await story.again_and_again(hit))
        first, *rest = await findings(story)
        assert rest, "the type and the category stand out as well"
        head = (await story.graph.head()).seq
        problem = await story.act("trend_finding.accept", first["key"], category="storage")
        assert (await story.graph.head()).seq == head + 1
        asked = """MATCH (p:Problem {key: $key}) RETURN p.source, p.incident_count,
          COUNT { (p)<-[:CAUSED_BY]-() }, [(p)-[:INVESTIGATES]->(e) | e.key]"""
        assert await run(story.graph, asked, key=problem) == [["trend", 5, 5, [hit]]]
        with pytest.raises(Refused, match="NOTHING_TO_LINK"):
            await story.act("trend_finding.accept", rest[0]["key"])
        for each in rest:
            await story.act("trend_finding.merge", each["key"], problem)
        with pytest.raises(Refused, match="ILLEGAL_TRANSITION"):
            await story.act("trend_finding.dismiss", first["key"], "no")
        assert {each["answered_by"] for each in await findings(story)} == {problem}
        await story.act("trend_review.conclude", review, "the host")
        await story.passes(20 * DAY)
        begun = to_text(story.clock.now())
        for _ in range(6):
            await incident(story, hit)
        await story.reviewed(begun)
        later = (await findings(story))[1 + len(rest) :]
        assert {each["proposed"] for each in later} == {problem}, "it is open, and looks at it"


async def test_whoever_sees_a_part_looks_through_nothing(neo4j_endpoint: Endpoint) -> None:
    async with told(neo4j_endpoint) as story:
        since = await story.again_and_again()
        version = story.policies.find(RULES, DEFAULT)
        assert version is not None
        period = Period(since, to_text(story.clock.now()))
        looked = await look(story.graph, await mapped_of(story), version, period)
        seeing = Request(actor="eve", via="test", sight=frozenset({"Server"}))
        with pytest.raises(Forbidden):
            await story.graph.write(begin_trend_review, seeing, story.policies, looked)
        dry = Request(actor="eve", via="test", dry_run=True)
        outcome = await story.graph.write(begin_trend_review, dry, story.policies, looked)
        assert outcome.value["significant"] >= 1
        assert await findings(story) == []


async def test_the_nearest_common_need_is_what_a_plain_search_finds(
    neo4j_endpoint: Endpoint,
) -> None:
    async with told(neo4j_endpoint) as story:
        chance, keys = random.Random(11), [f"n{n}" for n in range(14)]
        for key in keys:
            draft = ElementDraft(kind="CI", type="Server", key=key, name=key)
            await story.graph.write(register_element, SYSTEM, REGISTRY, draft)
        needs: dict[str, set[str]] = {key: set() for key in keys}
        for _ in range(20):
            source, target = chance.sample(keys, 2)
            if target not in needs[source]:
                needs[source].add(target)
                await related(story, source, target)
        mapped = await mapped_of(story)
        ids = dict(await run(story.graph, "MATCH (n:CI) RETURN n.key, n.id"))
        shared = set()
        for _ in range(60):
            chosen = chance.sample(keys, chance.randint(1, 3))
            found = common_need(mapped, [ids[key] for key in chosen])
            mine = None if found is None else (found.element, found.hops)
            right = nearest(needs, chosen)
            assert mine == (None if right is None else (ids[right[0]], right[1])), chosen
            shared.add(mine)
        assert None in shared
        assert len(shared) > 5


def nearest(needs: Mapping[str, set[str]], chosen: list[str]) -> tuple[str, int] | None:
    """The common need by breadth-first search from each."""
    walks = []
    for start in chosen:
        hops, front = {start: 0}, [start]
        while front:
            here = front.pop(0)
            for far in sorted(needs[here]):
                if far not in hops:
                    hops[far] = hops[here] + 1
                    front.append(far)
        walks.append(hops)
    common = set.intersection(*(set(each) for each in walks))
    if not common:
        return None
    best = min(
        common,
        key=lambda key: (max(w[key] for w in walks), sum(w[key] for w in walks), key),
    )
    return best, max(each[best] for each in walks)
