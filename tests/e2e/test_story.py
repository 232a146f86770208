"""The demo's story tells the truth: held against tables of its own, and against planted faults.

It is told once for all of these tests; those that write come last.
"""

import asyncio
import os
import random
import re
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from e2e.calling import emptied
from e2e.cli_inside import command
from e2e.story_told import BEGINS, NOW, Afterwards, Told, at, told
from fitsm_graph.csi.conformity import Verdict, examined
from fitsm_graph.csi.indicators import provable
from fitsm_graph.flow.counting import COUNTINGS
from fitsm_graph.flow.periods import Period
from fitsm_graph.graph import feed
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import Request
from fitsm_graph.impact.network import Level
from fitsm_graph.kernel.clock import ManualClock, to_text
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.sms import service as sms
from fitsm_graph.story.clock import StoryClock
from fitsm_graph.story.teller import Teller
from fitsm_graph.story.telling import Place, standing
from graph import conformity_plants_changes as _changes  # noqa: F401  # lists its plants
from graph import conformity_plants_estate as _estate  # noqa: F401
from graph import conformity_plants_improvements as _improvements  # noqa: F401
from graph import conformity_plants_problems as _problems  # noqa: F401
from graph import kpi_oracle
from graph.conformity_plants import ON_AN_ESTATE, PLANTS, Planted
from graph.conformity_story import DAY

pytestmark = pytest.mark.asyncio(loop_scope="session")
FULL = bool(os.environ.get("FITSM_FULL"))
SEEDS = tuple(range(1, 11)) if FULL else (1,)
MINUTE = timedelta(minutes=1)
WHOLE = Period(to_text(BEGINS), to_text(NOW))
UP = dict.fromkeys(("identity", "storage", "compute", "database", "portal", "transfer"), "UP")
FALLEN = {
    "identity": "AT_RISK",
    "storage": "DOWN",
    "compute": "DEGRADED",
    "database": "DOWN",
    "portal": "DOWN",
    "transfer": "DEGRADED",
}
"""As the tutorial says of what falls with the firmware of array A."""
WITH_ONE_CONTROLLER = dict.fromkeys(("storage", "compute", "portal", "transfer"), "AT_RISK")
"""What needs arrays B and C while one controller of each pair is down: what the oracle of
`unit/discovery/test_demo_impact.py` says where `fw-sto-b1` and `fw-sto-c1` fail."""
INTENDED = {
    ("PR9.1", "registered_late"): 2,
    ("PR9.5", "cause_missing"): 4,
    ("PR11.4", "uncontrolled"): 1,
    ("PR12.1", "played_down"): 1,
    ("PR12.6", "short_notice"): 1,
}
"""What is not as it should be in the first weeks, and is found; everything else conforms."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def story(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Told]:
    async with told(neo4j_endpoint, tmp_path_factory.mktemp("story")) as made:
        yield made


# --- what happened, counted by hand --------------------------------------------------------------


async def test_one_night_made_fourteen_incidents_of_which_one_is_a_major_one(story: Told) -> None:
    night = {"since": to_text(at(13, "02:00")), "until": to_text(at(13, "06:00"))}
    text = """MATCH (n:Incident) WHERE $since <= n.created_at < $until
        RETURN n.major_since IS NOT NULL, EXISTS { (n)-[:CHILD_OF]->(:Incident) },
               EXISTS { (n)-[:CAUSED_BY]->(:Problem) }, EXISTS { (n)<-[:CAUSED]-(:Change) },
               n.status, count(*)"""
    rows = {tuple(row[:5]): row[5] for row in await story.rows(text, **night)}
    assert rows == {
        (True, False, True, True, "closed"): 1,
        (False, True, True, True, "closed"): 13,
    }


async def test_what_the_story_leaves_behind(story: Told) -> None:
    """Numbers that are counted from its acts."""
    text = "MATCH (n:ProcessRecord) UNWIND labels(n) AS kind RETURN kind, count(n)"
    kinds = dict(await story.rows(text))
    expected = {
        "Incident": 24 + 14 + 2, "ServiceRequest": 13, "MajorIncidentReview": 1, "Problem": 2,
        "KnownError": 1, "Change": 15, "StandardChange": 2, "CABMeeting": 2, "Release": 1,
        "Deployment": 2, "Verification": 1, "Deviation": 2, "Baseline": 1, "Suggestion": 5,
        "Improvement": 4, "ImprovementAction": 5, "TrendReview": 12,
    }  # fmt: skip
    assert {each: kinds.get(each, 0) for each in expected} == expected
    open_ones = await story.rows(
        """MATCH (n:ProcessRecord) WHERE n.closed_at IS NULL
             AND (n:Incident OR n:ServiceRequest OR n:Problem OR n:KnownError OR n:Change
               OR n:Release OR n:Deviation OR n:Improvement OR n:Suggestion)
           RETURN n.key ORDER BY n.key"""
    )
    assert [key for (key,) in open_ones] == ["CHG-000015", "IMP-000002", "PRB-000002"]


@pytest.mark.parametrize(
    ("day", "time", "expected"),
    [
        (0, "06:00", UP),
        (13, "01:59", UP),
        (13, "02:45", FALLEN),
        (13, "04:30", FALLEN),
        (13, "06:00", UP),
        (27, "19:59", UP),
        (27, "20:10", FALLEN),
        (27, "20:30", UP),
        (41, "02:10", {**UP, **WITH_ONE_CONTROLLER}),
        (41, "06:00", UP),
        (48, "02:30", FALLEN),
        (48, "04:00", UP),
        (90, "12:00", UP),
    ],
)
async def test_services_are_in_the_state_that_the_acts_say(
    story: Told, day: int, time: str, expected: dict[str, str]
) -> None:
    moment, graph = to_text(at(day, time)), story.product.graph
    then = await story.product.snapshot.as_of(await feed.seq_at(graph, moment), moment)
    services = await story.rows("MATCH (n:Service) RETURN n.key, n.id")
    numbers = {key: then.mapped.topology.find(id) for key, id in services}
    states = {each: Level(int(then.before.state[numbers[f"svc-{each}"]])).name for each in expected}
    assert states == expected


async def test_the_board_was_heard_and_no_wave_took_both_of_a_pair(story: Told) -> None:
    text = """MATCH (w:Deployment)-[:WAVE_OF]->(:Release {key: 'REL-000001'})
        MATCH (w)-[:DEPLOYS]->(e) WITH w, e ORDER BY e.key
        RETURN w.wave, collect(e.key), w.status, w.back_out_tested ORDER BY w.wave"""
    waves = await story.rows(text)
    assert sorted(key for _, keys, _, _ in waves for key in keys) == [
        "fw-sto-b1", "fw-sto-b2", "fw-sto-c1", "fw-sto-c2",
    ]  # fmt: skip
    for _, keys, status, tested in waves:
        assert len({key[:-1] for key in keys}) == len(keys), "one controller of each pair"
        assert (status, tested) == ("reviewed", True)
    versions = await story.rows(
        "MATCH (n:CI) WHERE n.key STARTS WITH 'fw-sto' RETURN DISTINCT n.software_version"
    )
    assert versions == [["7.4.1"]], "on all arrays, through changes and in the CMDB"


async def test_time_goes_forward_and_everything_was_done_by_a_verb(story: Told) -> None:
    """The ledger is the story's, from its first entry to its last, and by people of it."""
    rows = await story.rows(
        "MATCH (e:LedgerEntry) WHERE e.seq > 0 RETURN e.at, e.via, e.actor ORDER BY e.seq"
    )
    moments = [moment for moment, _, _ in rows]
    assert moments == sorted(moments)
    assert moments[0] == to_text(BEGINS)
    assert moments[-1] <= to_text(at(90, "20:00"))
    ways = Counter(via for _, via, _ in rows)
    assert set(ways) == {"system", "sync", "story", "scheduler"}
    assert ways["story"] > 400
    actors = {actor for _, via, actor in rows if via == "story"} - {"system"}
    assert len(actors) >= 15, "many people, and each with the right to what they do"


async def test_indicators_are_what_an_independent_script_says(story: Told) -> None:
    world = await kpi_oracle.world(story.product.graph)
    rows = await story.rows("MATCH (v:KPIValue) RETURN properties(v)")
    kept = [row for (row,) in rows]
    assert {row["kpi"] for row in kept} >= {"incident_resolved_in_time", "change_successful"}
    checked = 0
    for row in kept:
        if row["formula"] in COUNTINGS:
            continue  # by what was known when it was kept, and not by what is known now
        parameters = story.product.policies.value("kpi", row["kpi"]).parameters
        asked = kpi_oracle.ORACLE[row["formula"]]
        value = asked(world, row["since"], row["until"], **parameters)
        assert (row.get("value"), row["numerator"], row["denominator"]) == value, row
        checked += 1
    assert checked > 50


# --- requirements --------------------------------------------------------------------------------


async def test_every_requirement_has_evidence_and_only_what_is_intended_is_found(
    story: Told,
) -> None:
    asked = [each for each in provable() if each.startswith("PR")]
    findings = await examined(story.product.graph, asked, WHOLE, 10_000)
    assert len(findings) == 30
    for each in findings:
        assert each.checked > 0, each.requirement
        assert sum((each.evidence or {}).values()) > 0, each.requirement
    found = Counter(
        (one.requirement, each.indicator) for one in findings for each in one.violations
    )
    assert found == INTENDED
    wrong = {requirement for requirement, _ in INTENDED}
    for each in findings:
        verdict = Verdict.NONCONFORMING if each.requirement in wrong else Verdict.CONFORMING
        assert each.verdict is verdict, each.requirement


async def test_conformity_rises(story: Told) -> None:
    """Before the improvements and after them, over the same number of days."""
    asked = [each for each in provable() if each.startswith("PR")]

    async def lacking(since: int, until: int) -> int:
        period = Period(to_text(at(since, "00:00")), to_text(at(until, "00:00")))
        findings = await examined(story.product.graph, asked, period, 10_000)
        return sum(each.verdict is Verdict.NONCONFORMING for each in findings)

    before, after = await lacking(0, 40), await lacking(50, 90)
    assert (before, after) == (len({each for each, _ in INTENDED}), 0)


async def test_each_act_says_what_it_gives_evidence_for(story: Told) -> None:
    given = {each for act in story.acts for each in act.gives if each.startswith("PR")}
    assert given == {each for each in provable() if each.startswith("PR")}
    for act in story.acts:
        assert re.fullmatch(r"fsg [a-z-]+( [a-zA-Z0-9./-]+)*", act.look), act.look
        assert act.title[0].isupper(), act.title


async def test_what_an_act_says_to_look_at_can_be_looked_at(
    story: Told, neo4j_endpoint: Endpoint, tmp_path: Path
) -> None:
    env = {
        "FITSM_NEO4J_URI": neo4j_endpoint.uri,
        "FITSM_NEO4J_USER": neo4j_endpoint.user,
        "FITSM_NEO4J_PASSWORD": neo4j_endpoint.password,
        "FITSM_DATA": str(tmp_path),
    }
    for look in sorted({each.look for each in story.acts}):
        said = await asyncio.to_thread(command, env, *look.split()[1:])
        assert said.code == 0, (look, said.stderr)
        assert len(said.stdout) > 20, look


# --- broken off, and disturbed -------------------------------------------------------------------


async def test_a_story_is_told_where_one_was_told_only_once(
    story: Told, neo4j_endpoint: Endpoint
) -> None:
    assert story.verbs > 500
    assert (await standing(neo4j_endpoint, NOW)).place is Place.TOLD


# --- nonconformities planted on top --------------------------------------------------------------


def drawn(seed: int) -> list[Planted]:
    """Sixty plants in any order; in the short form one of each requirement that needs few acts."""
    chance, every = random.Random(seed), [*PLANTS, *ON_AN_ESTATE]
    if FULL:
        return [chance.choice(every) for _ in range(60)]
    by_requirement: dict[str, list[Planted]] = {}
    for each in (each for each in every if not each.slow):
        by_requirement.setdefault(min(each.found)[0], []).append(each)
    assert len(by_requirement) >= 28, sorted(by_requirement)
    chosen = [chance.choice(each) for each in by_requirement.values()]
    chance.shuffle(chosen)
    return chosen


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def on_top(story: Told) -> Afterwards:
    made = Afterwards(story)
    await made.arrive()
    return made


@pytest.mark.last(1)
@pytest.mark.parametrize("seed", SEEDS)
async def test_what_is_planted_is_found_under_its_own_requirement_and_no_other(
    on_top: Afterwards, seed: int
) -> None:
    known = await on_top.records()
    on_top.clock.advance(MINUTE)
    assert await on_top.violated(known) == Counter(), "nothing, without the plants"
    chosen = drawn(seed)
    for each in (each for each in chosen if each.left is None):
        await each.plant(on_top)
    await on_top.passes(200 * DAY)
    await on_top.looked_over()
    on_top.clock.advance(MINUTE)
    rest = sorted((each for each in chosen if each.left), key=lambda each: -(each.left or DAY))
    for place, each in enumerate(rest):
        await each.plant(on_top)
        after = rest[place + 1].left if place + 1 < len(rest) else None
        await on_top.passes((each.left or DAY) - (after or 0 * DAY) + MINUTE)
    expected = Counter(one for each in chosen for one in each.found)
    assert await on_top.violated(known) == expected, [each.plant.__name__ for each in chosen]


# --- on databases of their own: last, since they empty it ----------------------------------------


LEDGER = """MATCH (e:LedgerEntry) WHERE e.seq > 0 AND e.via IN ["story", "scheduler"]
RETURN e.at, e.verb, e.actor, e.via, e.reason ORDER BY e.seq"""


@pytest.mark.last(2)
async def test_a_story_that_was_broken_off_goes_on_where_it_was(
    story: Told, neo4j_endpoint: Endpoint, tmp_path: Path
) -> None:
    """It comes to the same, entry by entry and moment by moment, as the one told in one go."""
    whole = await story.rows(LEDGER)
    first, second = (14, 21) if FULL else (4, 10)
    async with told(neo4j_endpoint, tmp_path, stop_after=first) as begun:
        before = await begun.rows(LEDGER)
    async with told(neo4j_endpoint, tmp_path, stop_after=second, empty=False) as again:
        after = await again.rows(LEDGER)
        ((many, titles),) = await again.rows(
            "MATCH (n:Incident) RETURN count(n), count(DISTINCT n.title)"
        )
    assert len(before) < len(after) < len(whole)
    assert before == whole[: len(before)]
    assert after == whole[: len(after)]
    assert many == titles, "and nothing twice"


@pytest.mark.last(3)
async def test_where_something_else_has_happened_the_story_is_not_told(
    neo4j_endpoint: Endpoint, tmp_path: Path
) -> None:
    async with told(neo4j_endpoint, tmp_path, stop_after=2):
        pass
    await group_registered(neo4j_endpoint)
    assert (await standing(neo4j_endpoint, NOW)).place is Place.OTHER
    await emptied(neo4j_endpoint)
    assert (await standing(neo4j_endpoint, NOW)).place is Place.NEW


@pytest.mark.last(3)
async def test_who_writes_meanwhile_breaks_it_off(neo4j_endpoint: Endpoint, tmp_path: Path) -> None:
    """Another process writes now, and the ledger does not go back in time."""
    async with told(neo4j_endpoint, tmp_path, stop_after=1) as begun:
        teller = Teller(begun.product, StoryClock(at(1, "06:00")), BEGINS)
        await teller.tend()
        await group_registered(neo4j_endpoint)
        with pytest.raises(Refused) as broken:
            await teller.tend()
    assert broken.value.code == "STORY_BROKEN_OFF"


async def group_registered(endpoint: Endpoint) -> None:
    """Somebody else registers something, now."""
    graph = Graph(endpoint, clock=ManualClock(NOW))
    request = Request(actor="me", via="cli")
    await graph.write(sms.register_party, request, "Group", {"key": "g", "name": "g"})
    await graph.close()
